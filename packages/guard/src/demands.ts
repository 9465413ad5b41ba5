import { type Duration, seconds } from './duration.js';
import { GuardError } from './guard-error.js';
import type { Principal } from './principal.js';

/** What a route demands of its caller. */
export interface Demands {
  /** One of these roles. */
  readonly roles?: readonly string[] | undefined;
  /** That the user has logged in within this time, such as `5m`. */
  readonly maxAge?: Duration | undefined;
}

/** @throws {GuardError} insufficient_role or reauthentication_required */
export function requireDemands(principal: Principal, { roles, maxAge }: Demands): Principal {
  if (roles) requireRoles(principal, roles);
  if (maxAge !== undefined) requireRecentLogin(principal, maxAge);
  return principal;
}

/** @throws {GuardError} insufficient_role unless the caller has at least one of the roles */
export function requireRoles({ roles }: Principal, required: readonly string[]): void {
  if (!required.some((role) => roles.includes(role))) throw new GuardError('insufficient_role');
}

/**
 * @param maxAge how long ago the user may have logged in
 * @param now epoch milliseconds
 * @throws {GuardError} reauthentication_required, with `max_age` in seconds (RFC 9470 §3)
 */
export function requireRecentLogin(
  { authenticatedAt }: Principal,
  maxAge: Duration,
  now: number = Date.now(),
): void {
  const maxAgeSeconds = seconds(maxAge);
  if (now - authenticatedAt <= maxAgeSeconds * 1000) return;
  throw new GuardError('reauthentication_required', { members: { max_age: Math.floor(maxAgeSeconds) } });
}
