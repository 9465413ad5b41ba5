import type { VerifiedClaims } from '@latchkey/access-token/claims';
import { cookieValues } from '@latchkey/access-token/cookie-values';
import { readTokenKid } from '@latchkey/access-token/header';
import { VerifiedTokens } from '@latchkey/access-token/verified-tokens';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import { ERROR_CODES } from '../../errors/error-codes.js';
import { cookieNames } from '../../http/cookies/cookie-names.js';
import { presentsBearer } from '../../http/routes/bearer-scheme.js';
import type { Principal } from '../../http/routes/principal.js';
import { isDeclaredBackground, requestClient } from '../../http/routes/request-client.js';
import {
  ENDS_SESSION,
  HAS_OPTIONAL_SESSION,
  IS_BACKGROUND_REQUEST,
  IS_PUBLIC,
  RouteMetadata,
} from '../../http/routes/route-decorators.js';
import { type CheckedClient, SessionCheck } from '../../sessions/check/session-check.js';
import { SessionClock } from '../../sessions/session-clock.js';
import { requireAccessToken, requireWellFormed } from './bearer-token.js';
import { fromInvalidToken, invalidToken } from './invalid-token.js';
import type { RequestToVerify } from './jwt.strategy.js';
import { PresentedRefreshTokens } from './presented-refresh-tokens.js';
import { SessionCookies } from './session-cookies.js';

type AuthenticatedRequest = FastifyRequest & {
  user?: Principal;
  unverified?: RequestToVerify['unverified'];
  /** Set by passport from what `JwtStrategy.validate` returns, and always on `@ForwardAuth()` routes. */
  verifiedClaims?: VerifiedClaims | undefined;
};

/**
 * Refuses every request to a route that is not `@Public()`, unless it has a valid token of an active session.
 */
@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {
  private readonly isPublic = new RouteMetadata<boolean>(IS_PUBLIC);
  private readonly endsSession = new RouteMetadata<boolean>(ENDS_SESSION);
  private readonly hasOptionalSession = new RouteMetadata<boolean>(HAS_OPTIONAL_SESSION);
  private readonly isBackground = new RouteMetadata<boolean>(IS_BACKGROUND_REQUEST);
  readonly #cookieName: string;
  readonly #audiences: Config['accessToken']['audiences'];

  constructor(
    private readonly verified: VerifiedTokens,
    private readonly sessions: SessionCheck,
    private readonly clock: SessionClock,
    private readonly cookies: SessionCookies,
    private readonly refreshTokens: PresentedRefreshTokens,
    config: Config,
  ) {
    super();
    this.#cookieName = cookieNames(config.web.secureCookies).access;
    this.#audiences = config.accessToken.audiences;
  }

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (this.isPublic.of(context) && !this.wantsSession(context, request)) return true;
    if (this.isBackground.of(context) || isDeclaredBackground(request)) request.isBackground = true;
    return this.endsSession.of(context)
      ? this.authenticateToEnd(context, request)
      : this.authenticateCaller(context, request);
  }

  override getAuthenticateOptions() {
    return { property: 'verifiedClaims' satisfies keyof AuthenticatedRequest };
  }

  /**
   * @param error what the strategy threw
   * @param info why jsonwebtoken refused the token
   */
  override handleRequest<TUser>(error: unknown, claims: TUser | false, info: unknown): TUser {
    if (error) throw error;
    if (!claims) throw invalidToken('the token failed verification', info);
    return claims;
  }

  private authenticateCaller(
    context: ExecutionContext,
    request: AuthenticatedRequest,
  ): boolean | Promise<boolean> {
    return presentsBearer(request.headers)
      ? this.authenticate(context, request)
      : this.authenticateCookie(context, request);
  }

  /** A refused access token does not matter if the request also presents a genuine refresh token. */
  private async authenticateToEnd(
    context: ExecutionContext,
    request: AuthenticatedRequest,
  ): Promise<boolean> {
    try {
      return await this.authenticateCaller(context, request);
    } catch (error) {
      const isRefused = error instanceof AppError && ERROR_CODES[error.code].status === 401;
      if (isRefused && this.refreshTokens.sessionsOf(request).length > 0) return true;
      throw error;
    }
  }

  private wantsSession(context: ExecutionContext, { headers }: AuthenticatedRequest): boolean {
    if (!this.hasOptionalSession.of(context)) return false;
    const isOwn = (token: string) => this.cookies.isOwnAccessToken(token);
    return presentsBearer(headers) || cookieValues(headers.cookie, this.#cookieName).some(isOwn);
  }

  private authenticate(context: ExecutionContext, request: AuthenticatedRequest): boolean | Promise<boolean> {
    const token = requireAccessToken(request, this.#cookieName, (value) =>
      this.cookies.isOwnAccessToken(value),
    );
    // Known tokens skip passport, which costs more than the rest of the request, and need no promise if the
    // session check needs none.
    const known = this.findVerified(token);
    return known ? this.admit(request, known) : this.verifyAndAdmit(context, request, token);
  }

  private async authenticateCookie(
    context: ExecutionContext,
    request: AuthenticatedRequest,
  ): Promise<boolean> {
    const isAdmitted = await this.cookies.clearCookiesOnRevoked(request, async () =>
      this.authenticate(context, request),
    );
    request.isByCookie = true;
    return isAdmitted;
  }

  private findVerified(token: string): VerifiedClaims | undefined {
    try {
      return this.verified.find(token, this.clock.now());
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
    if (!request.verifiedClaims) throw invalidToken('the token was not verified');
    return this.admit(request, request.verifiedClaims);
  }

  /** This service itself, or the resource server that a gateway stands for. */
  private requiredAudience({ demands }: AuthenticatedRequest): string {
    const audience = demands?.audience;
    return audience && this.#audiences.includes(audience) ? audience : this.#audiences[0];
  }

  private admit(request: AuthenticatedRequest, claims: VerifiedClaims): boolean | Promise<boolean> {
    if (!claims.audience.includes(this.requiredAudience(request)))
      throw invalidToken('the token is for other resource servers');
    if (request.demands) request.verifiedClaims = claims;
    const checking = this.sessions.check(claims.subject, checkedClient(request));
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

/** A gateway may drop the `User-Agent` of the request that it wants to have checked. */
function checkedClient(request: AuthenticatedRequest): CheckedClient {
  const client = requestClient(request);
  const isUnknown = client.userAgent === '' && request.demands !== undefined;
  return isUnknown ? { ...client, userAgent: null } : client;
}

function setPrincipal(request: { user?: Principal }, principal: Principal): true {
  request.user = principal;
  return true;
}
