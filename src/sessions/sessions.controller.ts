import { Controller, Delete, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AppError } from '../errors/app-error.js';
import { CurrentPrincipal } from '../http/current-principal.js';
import { ListQuery } from '../http/list-query.js';
import type { Principal } from '../http/principal.js';
import { AnswersRevocation } from '../http/revocation-answer.js';
import { Sensitive } from '../http/sensitive.js';
import { UuidParam } from '../http/uuid-param.js';
import { SessionDto, SessionListDto } from './sessions.dto.js';
import { type Enforcement, SessionsService } from './sessions.service.js';

@ApiTags('sessions')
@ApiBearerAuth()
@Controller('sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @ApiOperation({ summary: 'The sessions of the caller that live, newest first' })
  @ApiOkResponse({ type: SessionListDto })
  async list(@CurrentPrincipal() caller: Principal, @Query() { limit }: ListQuery): Promise<SessionListDto> {
    const sessions = await this.sessions.list(caller.userId, limit);
    return { sessions: sessions.map((session) => SessionDto.of(session, caller.sessionId)) };
  }

  @Delete(':id')
  @Sensitive('session.revoke')
  @AnswersRevocation()
  @ApiOperation({ summary: 'End one session of the caller' })
  async revoke(
    @CurrentPrincipal() { userId }: Principal,
    @UuidParam() sessionId: string,
  ): Promise<Enforcement> {
    if (!(await this.sessions.exists({ sessionId, userId }))) throw new AppError('not_found');
    return this.sessions.revoke({ sessionId, userId }, 'terminated', `user:${userId}`);
  }
}
