import { VerifiedTokens } from '@latchkey/access-token/verified-tokens';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../config/config.js';
import { cookieNames } from '../../http/cookies/cookie-names.js';
import type { Principal } from '../../http/routes/principal.js';
import { isDeclaredBackground, requestClient } from '../../http/routes/request-client.js';
import { IS_BACKGROUND_REQUEST, IS_PUBLIC, RouteMetadata } from '../../http/routes/route-decorators.js';
import { SessionCheck } from '../../sessions/check/session-check.js';
import { SessionClock } from '../../sessions/session-clock.js';
import { requirePresentedToken } from './bearer-token.js';
import { invalidToken } from './invalid-token.js';
import { SessionCookies } from './session-cookies.js';

/** Closes every route that is not `@Public()` to callers without a good token of a session that lives. */
@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {
  private readonly isPublic = new RouteMetadata<boolean>(IS_PUBLIC);
  private readonly isBackground = new RouteMetadata<boolean>(IS_BACKGROUND_REQUEST);
  readonly #cookieName: string;

  constructor(
    private readonly verified: VerifiedTokens,
    private readonly sessions: SessionCheck,
    private readonly clock: SessionClock,
    private readonly cookies: SessionCookies,
    config: Config,
  ) {
    super();
    this.#cookieName = cookieNames(config.web.secureCookies).access;
  }

  override canActivate(context: ExecutionContext) {
    if (this.isPublic.of(context)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: Principal }>();
    if (this.isBackground.of(context) || isDeclaredBackground(request)) request.isBackground = true;
    return request.headers.authorization === undefined
      ? this.checkCookie(context, request)
      : this.checkToken(context, request);
  }

  private checkToken(context: ExecutionContext, request: FastifyRequest & { user?: Principal }) {
    const known = this.verified.find(requirePresentedToken(request, this.#cookieName), this.clock.now());
    if (!known) return super.canActivate(context);
    // Known tokens are answered before passport, which costs more than all the rest, and without a promise
    // where the session check needs none.
    const principal = this.sessions.check(known.subject, requestClient(request));
    if (principal instanceof Promise) return principal.then((checked) => admit(request, checked));
    return admit(request, principal);
  }

  private async checkCookie(context: ExecutionContext, request: FastifyRequest & { user?: Principal }) {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const isAdmitted = await this.cookies.orClear(reply, async () => this.checkToken(context, request));
    request.isByCookie = true;
    return isAdmitted as boolean;
  }

  /**
   * @param error what was thrown on the way: by the session check, or for a token that is not good
   * @param info why jsonwebtoken refused it
   */
  override handleRequest<TUser>(error: unknown, user: TUser | false, info: unknown): TUser {
    if (error) throw error;
    if (!user) throw invalidToken('it was refused', info);
    return user;
  }
}

function admit(request: { user?: Principal }, principal: Principal): true {
  request.user = principal;
  return true;
}
