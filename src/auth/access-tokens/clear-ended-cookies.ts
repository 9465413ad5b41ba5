import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { presentsBearer } from '../../http/routes/bearer-scheme.js';
import type { Principal } from '../../http/routes/principal.js';
import { SessionCheck } from '../../sessions/check/session-check.js';
import { SessionCookies } from './session-cookies.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the caller was admitted with the access token of a cookie. */
    isByCookie?: boolean;
    /** Whether the token of a cookie turned out to be permanently useless. */
    hasUselessCookie?: boolean;
  }
}

/**
 * Clears the cookies of a browser in the answer to the request that revoked its own session, in every answer to a
 * logout (the user has left, even if the session could not be revoked), and when a cookie turned out to be useless.
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
    fastify.decorateRequest('hasUselessCookie', false);
    fastify.addHook('onSend', (request, reply, _payload, done) => {
      if (request.hasUselessCookie || isLogout(request, reply) || this.hasEnded(request)) {
        this.cookies.clear(request, reply);
      }
      done();
    });
  }

  private hasEnded(request: FastifyRequest & { user?: Principal }): boolean {
    const { isByCookie, user } = request;
    const reason = isByCookie && user ? this.sessions.reasonOfEnd(user.sessionId) : undefined;
    // A newer session of this browser replaced it: this answer must not clear, or may itself set, the cookies of that one.
    return reason !== undefined && reason !== 'replaced';
  }
}

/** By cookies, and not refused because another site sent it. */
function isLogout({ headers, routeOptions }: FastifyRequest, { errorCode }: FastifyReply): boolean {
  return (
    routeOptions.config?.endsSession === true &&
    !presentsBearer(headers) &&
    errorCode !== 'cross_site_request'
  );
}
