/** Moves one way, from `active`. */
export type SessionStatus = 'active' | 'revoked' | 'expired';

/** What the truth says of one session; what the caches repeat. Instants are epoch milliseconds of the truth's clock. */
export interface SessionSnapshot {
  readonly sessionId: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly status: SessionStatus;
  /** Why it ended; `null` while it is active. */
  readonly endedReason: string | null;
  readonly createdAt: number;
  readonly authTime: number;
  /** The user's count of role changes. */
  readonly rolesVersion: number;
  /** Moved on in place by each request that this instance grants. */
  lastSeenAt: number;
}
