/** Moves one way, from `active`. */
export type SessionStatus = 'active' | 'revoked' | 'expired';

/**
 * What the protocol has to know about a session; a service adds what its checks need. A snapshot never changes.
 * Instants are epoch milliseconds of the store's clock.
 */
export interface SessionSnapshot {
  readonly sessionId: string;
  readonly userId: string;
  /** The session is over once its user has a cut-off with a larger epoch. */
  readonly sessionEpoch: number;
  readonly status: SessionStatus;
  /** Why the session ended; `null` while it is active. */
  readonly endedReason: string | null;
  readonly createdAt: number;
  /** The last use that the store knows about. */
  readonly lastSeenAt: number;
  /** When the store was read. */
  readonly readAt: number;
}
