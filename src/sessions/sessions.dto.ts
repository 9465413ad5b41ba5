import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { GeoIp } from '../geoip/geoip.js';
import { PlaceDto } from '../geoip/location.dto.js';
import { PageQuery } from '../http/routes/list-query.js';
import { lastActivityAt } from './last-activity.js';
import type { Session } from './session.entity.js';

export class SessionsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ['active', 'ended'], default: 'active' })
  @IsOptional()
  @IsIn(['active', 'ended'])
  status: 'active' | 'ended' = 'active';
}

export class SessionDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  device_id!: string;

  @ApiProperty({ description: 'Whether this request was made with this session.' })
  current!: boolean;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', description: 'Up to ten seconds out of date.' })
  last_seen_at!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Network address of its last use.' })
  address!: string | null;

  @ApiProperty({ type: PlaceDto, nullable: true, description: 'Location of that address.' })
  place!: PlaceDto | null;

  @ApiProperty({ type: PlaceDto, nullable: true, description: 'Location from which it was opened.' })
  login_place!: PlaceDto | null;

  static of(session: Session, currentSessionId: string, geoip: GeoIp): SessionDto {
    return {
      id: session.id,
      device_id: session.deviceId,
      current: session.id === currentSessionId,
      created_at: session.createdAt.toISOString(),
      last_seen_at: lastActivityAt(session).toISOString(),
      address: session.address,
      place: PlaceDto.of(geoip.find(session.address)),
      login_place: PlaceDto.of(geoip.find(session.loginAddress)),
    };
  }
}

export class SessionListDto {
  @ApiProperty({ type: [SessionDto] })
  sessions!: SessionDto[];
}
