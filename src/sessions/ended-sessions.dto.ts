import { ApiProperty, OmitType } from '@nestjs/swagger';
import type { GeoIp } from '../geoip/geoip.js';
import { PlaceDto } from '../geoip/location.dto.js';
import { DEVICE_KINDS, type DeviceKind } from '../user-agents/device-kind.js';
import type { EndedSessionRow } from './ended-sessions.js';
import { SessionDto } from './sessions.dto.js';

export class EndedSessionDto extends OmitType(SessionDto, ['current']) {
  @ApiProperty({ example: 'Chrome on macOS' })
  device_name!: string;

  @ApiProperty({ enum: DEVICE_KINDS })
  device_kind!: DeviceKind;

  @ApiProperty({ format: 'date-time' })
  ended_at!: string;

  @ApiProperty({ example: 'logout', description: 'Why the session ended; docs/errors.md lists the reasons.' })
  reason!: string;

  static of(row: EndedSessionRow, geoip: GeoIp): EndedSessionDto {
    return {
      id: row.id,
      device_id: row.deviceId,
      device_name: row.deviceName,
      device_kind: row.deviceKind,
      created_at: row.createdAt.toISOString(),
      last_seen_at: row.lastSeenAt.toISOString(),
      ended_at: row.endedAt.toISOString(),
      reason: row.reason,
      address: row.address,
      place: PlaceDto.of(geoip.find(row.address)),
      login_place: PlaceDto.of(geoip.find(row.loginAddress)),
    };
  }
}

export class EndedSessionListDto {
  @ApiProperty({ type: [EndedSessionDto] })
  sessions!: EndedSessionDto[];
}
