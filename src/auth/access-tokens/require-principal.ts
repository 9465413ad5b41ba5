import type { ExecutionContext } from '@nestjs/common';
import type { Principal } from '../../http/routes/principal.js';
import { invalidToken } from './invalid-token.js';

/**
 * The caller that `JwtAuthGuard` admitted.
 *
 * @throws {AppError} `invalid_token` on a route that is `@Public()` and yet asks for more of its caller
 */
export function requirePrincipal(context: ExecutionContext): Principal {
  const { user } = context.switchToHttp().getRequest<{ user?: Principal }>();
  if (!user) throw invalidToken('the route is public, so nobody was authenticated');
  return user;
}
