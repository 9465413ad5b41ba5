/** Lifetimes of a session, milliseconds. */
export interface SessionLimits {
  readonly idleTtlMs: number;
  readonly absoluteTtlMs: number;
}

/** What decides whether a session has expired. Instants are epoch milliseconds. */
export interface SessionTimes {
  readonly createdAt: number;
  readonly lastSeenAt: number;
}

/**
 * Whether a session that nobody ended still lives. OWASP ASVS 5.0 V7.3: an inactivity and an absolute lifetime.
 *
 * @param now by the clock that stamped the session's times
 */
export function sessionState(
  session: SessionTimes,
  limits: SessionLimits,
  now: number,
): 'live' | 'idle_expired' | 'absolute_expired' {
  if (now - session.createdAt >= limits.absoluteTtlMs) return 'absolute_expired';
  if (now - session.lastSeenAt >= limits.idleTtlMs) return 'idle_expired';
  return 'live';
}
