import type { TokenSubject } from '@latchkey/access-token/claims';
import { readTokenKid } from '@latchkey/access-token/header';
import { VerifiedTokens } from '@latchkey/access-token/verified-tokens';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../config/config.js';
import { cookieValues } from '../../http/cookies/cookie-header.js';
import { cookieNames } from '../../http/cookies/cookie-names.js';
import { presentsBearer } from '../../http/routes/bearer-scheme.js';
import type { Principal } from '../../http/routes/principal.js';
import { isDeclaredBackground, requestClient } from '../../http/routes/request-client.js';
import {
  HAS_OPTIONAL_SESSION,
  IS_BACKGROUND_REQUEST,
  IS_PUBLIC,
  RouteMetadata,
} from '../../http/routes/route-decorators.js';
import { SessionCheck } from '../../sessions/check/session-check.js';
import { SessionClock } from '../../sessions/session-clock.js';
import { requireAccessToken, requireWellFormed } from './bearer-token.js';
import { fromInvalidToken, invalidToken } from './invalid-token.js';
import type { RequestToVerify } from './jwt.strategy.js';
import { SessionCookies } from './session-cookies.js';

type AuthenticatedRequest = FastifyRequest & {
  user?: Principal;
  unverified?: RequestToVerify['unverified'];
  /** Set by passport from what `JwtStrategy.validate` returns. */
  tokenSubject?: TokenSubject;
};

/**
 * Refuses every request to a route that is not `@Public()`, unless it has a valid token of an active session.
 */
@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {
  private readonly isPublic = new RouteMetadata<boolean>(IS_PUBLIC);
  private readonly hasOptionalSession = new RouteMetadata<boolean>(HAS_OPTIONAL_SESSION);
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

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (this.isPublic.of(context) && !this.wantsSession(context, request)) return true;
    if (this.isBackground.of(context) || isDeclaredBackground(request)) request.isBackground = true;
    return presentsBearer(request.headers)
      ? this.authenticate(context, request)
      : this.authenticateCookie(context, request);
  }

  override getAuthenticateOptions() {
    return { property: 'tokenSubject' satisfies keyof AuthenticatedRequest };
  }

  /**
   * @param error what the strategy threw
   * @param info why jsonwebtoken refused the token
   */
  override handleRequest<TUser>(error: unknown, subject: TUser | false, info: unknown): TUser {
    if (error) throw error;
    if (!subject) throw invalidToken('the token failed verification', info);
    return subject;
  }

  private wantsSession(context: ExecutionContext, { headers }: AuthenticatedRequest): boolean {
    if (!this.hasOptionalSession.of(context)) return false;
    return presentsBearer(headers) || cookieValues(headers.cookie, this.#cookieName).length > 0;
  }

  private authenticate(context: ExecutionContext, request: AuthenticatedRequest): boolean | Promise<boolean> {
    const token = requireAccessToken(request, this.#cookieName);
    // Known tokens skip passport, which costs more than the rest of the request, and need no promise if the
    // session check needs none.
    const known = this.findVerified(token);
    return known ? this.admit(request, known) : this.verifyAndAdmit(context, request, token);
  }

  private async authenticateCookie(
    context: ExecutionContext,
    request: AuthenticatedRequest,
  ): Promise<boolean> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const isAdmitted = await this.cookies.clearCookiesOnRevoked(reply, async () =>
      this.authenticate(context, request),
    );
    request.isByCookie = true;
    return isAdmitted;
  }

  private findVerified(token: string): TokenSubject | undefined {
    try {
      return this.verified.find(token, this.clock.now())?.subject;
    } catch (error) {
      throw fromInvalidToken(error);
    }
  }

  private async verifyAndAdmit(
    context: ExecutionContext,
    request: AuthenticatedRequest,
    token: string,
  ): Promise<boolean> {
    try {
      requireWellFormed(token);
      request.unverified = { token, kid: readTokenKid(token) };
      await super.canActivate(context);
    } catch (error) {
      throw fromInvalidToken(error);
    }
    if (!request.tokenSubject) throw invalidToken('the token was not verified');
    return this.admit(request, request.tokenSubject);
  }

  private admit(request: AuthenticatedRequest, subject: TokenSubject): boolean | Promise<boolean> {
    const checking = this.sessions.check(subject, requestClient(request));
    if (checking instanceof Promise) return checking.then((principal) => setPrincipal(request, principal));
    return setPrincipal(request, checking);
  }
}

/**
 * The caller that `JwtAuthGuard` admitted.
 *
 * @throws {AppError} `invalid_token` if the route is `@Public()` but has another decorator that needs a
 *   caller
 */
export function requirePrincipal(context: ExecutionContext): Principal {
  const { user } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!user) throw invalidToken('the route is public, so the caller was not authenticated');
  return user;
}

function setPrincipal(request: AuthenticatedRequest, principal: Principal): true {
  request.user = principal;
  return true;
}
