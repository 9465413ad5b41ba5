import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../http/principal.js';
import { IS_PUBLIC } from '../http/public.js';
import { RouteMark } from '../http/route-mark.js';
import { SessionCheck } from '../sessions/session-check.js';
import { SessionClock } from '../sessions/session-clock.js';
import { requireBearerToken } from './bearer-token.js';
import { invalidToken } from './invalid-token.js';
import { VerifiedTokens } from './verified-tokens.js';

/** Closes every route that is not `@Public()` to callers without a good token of a session that lives. */
@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {
  private readonly isPublic = new RouteMark<boolean>(IS_PUBLIC);

  constructor(
    private readonly verified: VerifiedTokens,
    private readonly sessions: SessionCheck,
    private readonly clock: SessionClock,
  ) {
    super();
  }

  override canActivate(context: ExecutionContext) {
    if (this.isPublic.of(context)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: Principal }>();
    const known = this.verified.find(requireBearerToken(request), this.clock.now());
    if (!known) return super.canActivate(context);
    // Known tokens are answered before passport, which costs more than all the rest, and without a promise
    // where the session check needs none.
    const principal = this.sessions.check(known.subject, request.ip);
    if (principal instanceof Promise) return principal.then((checked) => admit(request, checked));
    return admit(request, principal);
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
