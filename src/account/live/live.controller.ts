import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentPrincipal, type Principal } from '../../http/routes/principal.js';
import { CurrentClient, type RequestClient } from '../../http/routes/request-client.js';
import { BackgroundRequest } from '../../http/routes/route-decorators.js';
import { AccountStreams } from './account-streams.js';

const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  // A proxy that compresses or buffers would hold an event back until the next one.
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
    summary:
      'Stream the events of the account: `changed` (reload the data), `ended` (the session ended; the last event) and `heartbeat`',
  })
  @ApiOkResponse({
    description:
      'Server-sent events. `ended` carries the `code` and `reason` of a 401 response. `heartbeat` is sent at once and every 10 seconds: without one for 25 seconds, the stream is lost. An open stream does not count as session activity. `EventSource` sends cookies only: with an access token, read the stream with `fetch`.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  events(
    @CurrentPrincipal() caller: Principal,
    @CurrentClient() client: RequestClient,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    void reply
      .headers(STREAM_HEADERS)
      .send(request.method === 'HEAD' ? '' : this.streams.start(caller, client));
  }
}
