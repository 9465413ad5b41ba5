import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { type Duration, seconds } from '../duration.js';
import type { Principal } from '../principal.js';
import { transportOf } from './transport-of.js';

export const IS_PUBLIC = Symbol('latchkey:isPublic');
export const REQUIRED_ROLES = Symbol('latchkey:requiredRoles');
export const RECENT_LOGIN = Symbol('latchkey:recentLogin');

/** Opens a handler, or all handlers of a class, to callers without an access token. All others require one. */
export const Public = () => SetMetadata(IS_PUBLIC, true);

/** Admits only callers who have at least one of these roles; others are refused with `insufficient_role`. */
export const Roles = (...roles: [string, ...string[]]) => SetMetadata(REQUIRED_ROLES, roles);

/**
 * Admits only users who logged in recently; others are refused with `reauthentication_required` and `max_age`
 * (RFC 9470 §3).
 *
 * @param maxAge a number of seconds, or text such as `5m`
 * @throws {TypeError} for any other text
 */
export function RecentLogin(maxAge: Duration) {
  return SetMetadata(RECENT_LOGIN, seconds(maxAge));
}

/** Injects the caller as a `Principal`. Not available to handlers that are `@Public()`. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { user } = transportOf(context).carrier(context);
  if (user) return user;
  throw new TypeError(
    `${context.getClass().name}.${context.getHandler().name} has @CurrentUser(), but it is public or not guarded`,
  );
});
