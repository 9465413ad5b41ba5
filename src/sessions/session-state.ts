/** Lifetimes of a session, milliseconds. */
export interface SessionLimits {
  readonly idleTtlMs: number;
  readonly absoluteTtlMs: number;
}

/** The times that decide whether a session has expired, epoch milliseconds. */
export interface SessionTimes {
  readonly createdAt: number;
  readonly lastSeenAt: number;
}

/**
 * Whether a session that was not revoked is still live. OWASP ASVS 5.0 V7.3: an idle and an absolute lifetime.
 *
 * @param now on the clock that set the session's times
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

/** When a session expires, epoch milliseconds. */
export interface SessionExpiry {
  /** If it is not used again. */
  readonly expiresAt: number;
  /** However often it is used. */
  readonly absoluteExpiresAt: number;
}

export function sessionExpiry(
  { createdAt, lastSeenAt }: SessionTimes,
  { idleTtlMs, absoluteTtlMs }: SessionLimits,
): SessionExpiry {
  const absoluteExpiresAt = createdAt + absoluteTtlMs;
  return { expiresAt: Math.min(lastSeenAt + idleTtlMs, absoluteExpiresAt), absoluteExpiresAt };
}
