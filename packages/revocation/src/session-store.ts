import type { SessionSnapshot } from './session-snapshot.js';

/** A session that ended, for good. */
export interface EndedSession {
  readonly sessionId: string;
  readonly reason: string;
  /** When, epoch milliseconds of the store's clock; left out where nobody needs it. */
  readonly endedAt?: number;
}

/** A user whose tokens with a smaller roles version are stale. */
export interface CutOff {
  readonly userId: string;
  readonly rolesVersion: number;
}

/** What must be refused everywhere from now on. */
export interface Revocations {
  readonly sessions: readonly EndedSession[];
  readonly cutOffs: readonly CutOff[];
}

/** What one look at the store's recent ends brings. */
export interface RecentRevocations extends Revocations {
  /**
   * Ends that nobody has confirmed for a while: their revoker may be dead or cut off. Those that wait longest,
   * and no more than can be confirmed at a time.
   */
  readonly overdue: Revocations;
  /** The store's clock when it was asked, epoch milliseconds. */
  readonly now: number;
  /** Names the store's server and its history: another name may be another server, which lacks the last commits. */
  readonly server: string;
}

/** How it is known that ends hold on every instance; kept for whoever asks later. */
export interface Confirmation {
  /** The instance that made sure. */
  readonly by: string;
  /** Every registered instance has acknowledged; or a whole lease has passed; or there is no other instance. */
  readonly how: 'acknowledged' | 'lease_passed' | 'single_instance';
  readonly acknowledgedBy: readonly string[];
}

/** The port to where sessions really are. Every method rejects when the store cannot be reached. */
export interface SessionStore {
  /** @returns the sessions that exist, by id; the others are left out */
  load(sessionIds: readonly string[]): Promise<Map<string, SessionSnapshot>>;
  /** Everything that ended within `windowMs` by the store's clock, and what is overdue, however old. */
  recentRevocations(windowMs: number): Promise<RecentRevocations>;
  /** Ends once more what the store has as it was before: it lost ends that were committed. What has them is left as it is. */
  reapply(ends: Revocations): Promise<void>;
  /** Notes that these ends hold on every instance. */
  confirm(ends: Revocations, confirmation: Confirmation): Promise<void>;
  /** Whether all of these ends are noted as confirmed, by whomever. */
  areConfirmed(ends: Revocations): Promise<boolean>;
}
