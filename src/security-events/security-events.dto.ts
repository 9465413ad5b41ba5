import { ApiProperty } from '@nestjs/swagger';
import type { SecurityEvent } from './security-event.entity.js';
import { SECURITY_EVENT_KINDS, type SecurityEventKind } from './security-event-kind.js';

export class SecurityEventDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: SECURITY_EVENT_KINDS })
  kind!: SecurityEventKind;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  session_id!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  device_id!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'IP address of the client.' })
  address!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Approximate location of the address, if known, in English.',
  })
  place!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'More about the event; the members depend on its kind. `country_code` (ISO 3166-1 alpha-2) is the country of the place.',
  })
  detail!: Record<string, unknown>;

  static of(event: SecurityEvent): SecurityEventDto {
    return {
      id: event.id,
      kind: event.kind,
      at: event.at.toISOString(),
      session_id: event.sessionId,
      device_id: event.deviceId,
      address: event.address,
      place: event.place,
      detail: event.detail,
    };
  }
}

export class SecurityEventListDto {
  @ApiProperty({ type: [SecurityEventDto] })
  events!: SecurityEventDto[];
}
