const WARNING_MS = 60_000;

/** When the session of this page expires, epoch milliseconds by the server's clock. */
export interface SessionExpiry {
  readonly expiresAt: number;
  readonly warnAt: number;
  /** Whether using the session does not postpone it. */
  readonly isFinal: boolean;
}

interface SessionTimes {
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly expires_at: string;
  readonly absolute_expires_at: string;
}

/** Warns a minute before, as WCAG 2.2.1 requires; for a lifetime of less than five minutes, a fifth of it before. */
export function sessionExpiry(session: SessionTimes): SessionExpiry {
  const [expiresAt, absolute, lastSeen, created] = [
    session.expires_at,
    session.absolute_expires_at,
    session.last_seen_at,
    session.created_at,
  ].map((text) => Date.parse(text)) as [number, number, number, number];
  const isFinal = expiresAt === absolute;
  const lifetime = expiresAt - (isFinal ? created : lastSeen);
  return { expiresAt, isFinal, warnAt: expiresAt - Math.min(WARNING_MS, lifetime / 5) };
}
