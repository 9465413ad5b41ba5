import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PageQuery } from '../http/routes/list-query.js';
import { CurrentPrincipal, type Principal } from '../http/routes/principal.js';
import { SecurityEventDto, SecurityEventListDto } from './security-events.dto.js';
import { SecurityEvents } from './security-events.js';

@ApiTags('security events')
@ApiBearerAuth()
@Controller('security-events')
export class SecurityEventsController {
  constructor(private readonly events: SecurityEvents) {}

  @Get()
  @ApiOperation({ summary: 'List the security events of your account, newest first' })
  @ApiOkResponse({ type: SecurityEventListDto })
  async list(
    @CurrentPrincipal() { userId }: Principal,
    @Query() page: PageQuery,
  ): Promise<SecurityEventListDto> {
    const events = await this.events.list(userId, page);
    return { events: events.map(SecurityEventDto.of) };
  }
}
