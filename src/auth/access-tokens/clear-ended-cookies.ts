import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Principal } from '../../http/routes/principal.js';
import { SessionCheck } from '../../sessions/check/session-check.js';
import { SessionCookies } from './session-cookies.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the caller was admitted with the access token of a cookie. */
    isByCookie?: boolean;
  }
}

/**
 * Clears the cookies of a browser in the answer to the request that revoked its own session, such as a
 * logout.
 */
@Injectable()
export class ClearEndedCookies implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly cookies: SessionCookies,
    private readonly sessions: SessionCheck,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.decorateRequest('isByCookie', false);
    fastify.addHook('onSend', (request, reply, _payload, done) => {
      if (request.isByCookie && this.hasEnded(request)) this.cookies.clear(reply);
      done();
    });
  }

  private hasEnded(request: FastifyRequest & { user?: Principal }): boolean {
    const reason = request.user && this.sessions.reasonOfEnd(request.user.sessionId);
    // A newer session of this browser replaced it: this answer must not clear, or may itself set, the cookies of that one.
    return reason !== undefined && reason !== 'replaced';
  }
}
