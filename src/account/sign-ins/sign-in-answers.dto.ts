import { ApiProperty } from '@nestjs/swagger';
import { SecurityEventDto } from '../../security-events/security-events.dto.js';
import type { Questions } from './sign-in-answers.js';

export class UnansweredSignInsDto {
  @ApiProperty({ type: [SecurityEventDto], description: 'Of the last 7 days, newest first, 20 at most.' })
  events!: SecurityEventDto[];

  @ApiProperty({
    description:
      'Whether this device may answer "It was me". A device whose own sign-in is unanswered may not. Always false if ' +
      'there is nothing to answer.',
  })
  can_confirm!: boolean;

  static of({ signIns, canConfirm }: Questions): UnansweredSignInsDto {
    return { events: signIns.map(SecurityEventDto.of), can_confirm: canConfirm };
  }
}
