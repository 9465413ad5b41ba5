/** Moves one way, from `active`. */
export type SessionStatus = 'active' | 'revoked' | 'expired';

/** What the store says of one session; what the caches repeat. Instants are epoch milliseconds of the store's clock. */
export interface SessionSnapshot {
  readonly sessionId: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly status: SessionStatus;
  /** Why it ended; `null` while it is active. */
  readonly endedReason: string | null;
  readonly createdAt: number;
  /** The user's count of role changes. */
  readonly rolesVersion: number;
  /** For people to read; may lag, since nothing is decided by it. */
  readonly profile: SessionProfile;
  /** When the store said so. Set in place when it says the same again. */
  readAt: number;
  /** The last use that is written, and where it came from. The time is set in place like `readAt`. */
  lastSeenAt: number;
  readonly address: string | null;
  /** Codes of the countries that it is known to be used in, and the clients that it is known to be used by. */
  readonly countries: readonly string[];
  readonly clients: readonly string[];
  /** Nothing is granted to it until its user has logged in again. */
  readonly needsLogin: boolean;
}

export interface SessionProfile {
  readonly email: string;
  /** Left out by versions that do not know it. */
  readonly emailVerified?: boolean;
  readonly deviceName: string;
  readonly deviceKind: string;
  readonly browser: string | null;
  readonly system: string | null;
}
