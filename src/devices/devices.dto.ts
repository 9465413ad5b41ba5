import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { GeoIp } from '../geoip/geoip.js';
import { PlaceDto } from '../geoip/location.dto.js';
import type { Principal } from '../http/routes/principal.js';
import { IsPlainText } from '../http/validation/validators.js';
import { lastActivityAt } from '../sessions/last-activity.js';
import { SessionDto } from '../sessions/sessions.dto.js';
import { DEVICE_KINDS, type DeviceKind } from '../user-agents/describe-user-agent.js';
import type { DeviceWithSessions } from './devices.service.js';

export const DEVICE_NAME_LENGTH = { min: 1, max: 64 };

export class RenameDeviceDto {
  @ApiProperty({ minLength: DEVICE_NAME_LENGTH.min, maxLength: DEVICE_NAME_LENGTH.max })
  @IsPlainText(DEVICE_NAME_LENGTH)
  name!: string;
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

  @ApiProperty({ enum: DEVICE_KINDS })
  kind!: DeviceKind;

  @ApiProperty({ type: String, nullable: true })
  browser!: string | null;

  @ApiProperty({ type: String, nullable: true })
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
