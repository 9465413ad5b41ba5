import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentPrincipal, type Principal } from '../../http/routes/principal.js';
import { BackgroundRequest } from '../../http/routes/route-decorators.js';
import { AccountStreams } from './account-streams.js';

const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  // Whoever compresses or buffers would keep an event until the next one comes.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

@ApiTags('account')
@ApiBearerAuth()
@Controller('account')
export class LiveController {
  constructor(private readonly streams: AccountStreams) {}

  @Get('events')
  @BackgroundRequest()
  @ApiOperation({
    summary: 'A stream of what happens to the account: `changed`, to read again, and `ended`, the last one',
  })
  @ApiOkResponse({
    description:
      'Server-sent events. `ended` says `code` and `reason`, as a 401 would. An open stream is no use.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  events(
    @CurrentPrincipal() caller: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    void reply.headers(STREAM_HEADERS).send(request.method === 'HEAD' ? '' : this.streams.start(caller));
  }
}
