import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../http/principal.js';
import { IS_PUBLIC } from '../http/public.js';
import { SessionCheck } from '../sessions/session-check.js';
import { requireBearerToken } from './bearer-token.js';
import { invalidToken } from './invalid-token.js';
import { VerifiedTokens } from './verified-tokens.js';

/** Closes every route that is not `@Public()` to callers without a good token of a session that lives. */
@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {
  constructor(
    private readonly reflector: Reflector,
    private readonly verified: VerifiedTokens,
    private readonly sessions: SessionCheck,
  ) {
    super();
  }

  override canActivate(context: ExecutionContext) {
    if (this.reflector.getAllAndOverride(IS_PUBLIC, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: Principal }>();
    const known = this.verified.find(requireBearerToken(request), Date.now());
    if (!known) return super.canActivate(context);
    // Known tokens are answered before passport, which costs more than all the rest, and without a promise
    // where the session check needs none.
    const principal = this.sessions.check(known.subject, request.ip, request.headers['user-agent']);
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
