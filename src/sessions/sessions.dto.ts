import { ApiProperty } from '@nestjs/swagger';
import type { Session } from './session.entity.js';

export class SessionDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  device_id!: string;

  @ApiProperty({ description: 'Whether this request was made with it.' })
  current!: boolean;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', description: 'Up to ten seconds behind.' })
  last_seen_at!: string;

  @ApiProperty({ type: String, nullable: true, description: 'The network address it was last used from.' })
  address!: string | null;

  static of(session: Session, currentSessionId: string): SessionDto {
    return {
      id: session.id,
      device_id: session.deviceId,
      current: session.id === currentSessionId,
      created_at: session.createdAt.toISOString(),
      last_seen_at: session.lastSeenAt.toISOString(),
      address: session.address,
    };
  }
}

export class SessionListDto {
  @ApiProperty({ type: [SessionDto] })
  sessions!: SessionDto[];
}
