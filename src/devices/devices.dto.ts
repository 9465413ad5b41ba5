import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsIn, IsOptional, IsUUID } from 'class-validator';
import type { GeoIp } from '../geoip/geoip.js';
import { PlaceDto } from '../geoip/location.dto.js';
import type { Principal } from '../http/routes/principal.js';
import { IsLabel } from '../http/validation/validators.js';
import { lastActivityAt } from '../sessions/last-activity.js';
import { SessionDto } from '../sessions/sessions.dto.js';
import { DEVICE_KINDS, type DeviceKind } from '../user-agents/device-kind.js';
import type { DeviceWithSessions } from './devices.service.js';

export const DEVICE_NAME_LENGTH = { min: 1, max: 64 };

export class RenameDeviceDto {
  @ApiProperty({
    minLength: DEVICE_NAME_LENGTH.min,
    maxLength: DEVICE_NAME_LENGTH.max,
    description: 'White space around it is removed. At least one character must be visible.',
    example: 'Work laptop',
  })
  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : value))
  @IsLabel(DEVICE_NAME_LENGTH)
  name!: string;
}

/** A body with more ids would be larger than the service accepts. */
const TERMINATED_AT_ONCE = 400;

export class TerminateDevicesDto {
  @ApiProperty({
    type: [String],
    format: 'uuid',
    minItems: 1,
    maxItems: TERMINATED_AT_ONCE,
    example: ['019a9731-5c1e-7a3b-8f0e-3d2c4b5a6978'],
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(TERMINATED_AT_ONCE)
  @IsUUID('loose', { each: true })
  device_ids!: string[];
}

export class TerminateDevicesQuery {
  @ApiPropertyOptional({ enum: ['current'], description: 'Keeps the device of this request signed in.' })
  @IsOptional()
  @IsIn(['current'])
  except?: 'current';
}

export class DeviceDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'Chrome on macOS' })
  name!: string;

  @ApiProperty({
    enum: DEVICE_KINDS,
    description:
      'What the device is: `mobile` is a phone, `reader` reads books. `app` and `script` are programs other than a browser, ' +
      'on a device that is not known. More can be added: treat one that you do not know like `other`.',
  })
  kind!: DeviceKind;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'Google',
    description: 'Its manufacturer, if known.',
  })
  brand!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'Pixel 8',
    description: 'What it is sold as, if known: from `User-Agent`, and from client hints with a login.',
  })
  model!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Chrome 140' })
  browser!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'macOS 14.5' })
  system!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Network address of its last use.',
  })
  address!: string | null;

  @ApiProperty({ type: PlaceDto, nullable: true, description: 'Location of that address.' })
  place!: PlaceDto | null;

  @ApiProperty({ description: 'Whether this is the device of this request.' })
  current!: boolean;

  @ApiProperty({ format: 'date-time' })
  first_seen_at!: string;

  @ApiProperty({ format: 'date-time', description: 'Up to ten seconds out of date.' })
  last_seen_at!: string;

  @ApiProperty({ type: [SessionDto], description: 'The newest of its live sessions, 20 at most.' })
  sessions!: SessionDto[];

  @ApiProperty({ type: 'integer', description: 'All of its live sessions.' })
  session_count!: number;

  static of(
    { device, sessions, sessionCount }: DeviceWithSessions,
    caller: Principal,
    geoip: GeoIp,
  ): DeviceDto {
    // The device row has the time of the last login only; later use is recorded with the sessions.
    const lastUsed = [device, ...sessions].reduce((a, b) => (lastActivityAt(b) > lastActivityAt(a) ? b : a));
    return {
      id: device.id,
      name: device.name,
      kind: device.kind,
      brand: device.brand,
      model: device.model,
      browser: device.browser,
      system: device.system,
      address: lastUsed.address,
      place: PlaceDto.of(geoip.find(lastUsed.address)),
      current: sessions.some(({ id }) => id === caller.sessionId),
      first_seen_at: device.firstSeenAt.toISOString(),
      last_seen_at: lastActivityAt(lastUsed).toISOString(),
      sessions: sessions.map((session) => SessionDto.of(session, caller.sessionId, geoip)),
      session_count: sessionCount,
    };
  }
}

export class DeviceListDto {
  @ApiProperty({ type: [DeviceDto] })
  devices!: DeviceDto[];
}
