import type { Guard } from '../guard.js';
import type { Principal } from '../principal.js';
import type { LongConnection } from './transport.js';

/** The callers of open connections. One that has closed is not in it. */
const callers = new WeakMap<object, Principal>();

/**
 * Closes a connection when the session of its caller ends. Further calls on it change nothing.
 *
 * @throws {GuardError} when the session has ended meanwhile
 */
export function trackConnection(guard: Guard, principal: Principal, connection: LongConnection): void {
  const { identity } = connection;
  if (callers.get(identity)?.sessionId === principal.sessionId) return;
  const stream = guard.openStream(principal, (end) => {
    callers.delete(identity);
    connection.close(end);
  });
  callers.set(identity, principal);
  connection.onceClosed(() => {
    callers.delete(identity);
    stream.release();
  });
}

/**
 * The caller of an open connection whose token has expired. Such a connection stays open for as long as its session is
 * active, and so do calls on it.
 *
 * @param now epoch milliseconds
 */
export function callerWithExpiredToken(
  connection: LongConnection | undefined,
  now: number,
): Principal | undefined {
  const caller = connection && callers.get(connection.identity);
  return caller && caller.expiresAt <= now ? caller : undefined;
}
