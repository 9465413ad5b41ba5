import { Controller, Delete, Get, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { AppError } from '../errors/app-error.js';
import { GeoIp } from '../geoip/geoip.js';
import { CurrentPrincipal, type Principal } from '../http/routes/principal.js';
import { AnswersRevocation } from '../http/routes/revocation-answer.js';
import { Sensitive } from '../http/routes/route-decorators.js';
import { UuidParam } from '../http/routes/uuid-param.js';
import { EndedSessionDto, EndedSessionListDto } from './ended-sessions.dto.js';
import { EndedSessions } from './ended-sessions.js';
import { type RevocationOutcome, SessionRevoker } from './session-revoker.js';
import { SessionDto, SessionListDto, SessionsQuery } from './sessions.dto.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('sessions')
@ApiBearerAuth()
@Controller('sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly revoker: SessionRevoker,
    private readonly ended: EndedSessions,
    private readonly geoip: GeoIp,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List your live sessions, newest first, or those that ended in the last 30 days',
  })
  @ApiExtraModels(SessionListDto, EndedSessionListDto)
  @ApiOkResponse({ schema: { oneOf: [SessionListDto, EndedSessionListDto].map(refTo) } })
  async list(
    @CurrentPrincipal() { userId, sessionId }: Principal,
    @Query() { status, ...page }: SessionsQuery,
  ): Promise<SessionListDto | EndedSessionListDto> {
    if (status === 'ended') {
      const ended = await this.ended.list(userId, page);
      return { sessions: ended.map((row) => EndedSessionDto.of(row, this.geoip)) };
    }
    const sessions = await this.sessions.list(userId, page);
    return { sessions: sessions.map((session) => SessionDto.of(session, sessionId, this.geoip)) };
  }

  @Delete(':id')
  @Sensitive('session.revoke')
  @AnswersRevocation()
  @ApiOperation({ summary: 'Revoke one of your sessions' })
  async revoke(
    @CurrentPrincipal() { userId }: Principal,
    @UuidParam() sessionId: string,
  ): Promise<RevocationOutcome> {
    if (!(await this.sessions.exists({ sessionId, userId }))) throw new AppError('not_found');
    return this.revoker.revoke({ sessionId, userId }, 'terminated', `user:${userId}`);
  }
}

function refTo(dto: typeof SessionListDto | typeof EndedSessionListDto) {
  return { $ref: getSchemaPath(dto) };
}
