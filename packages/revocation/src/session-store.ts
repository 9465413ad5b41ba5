import type { SessionSnapshot } from './session-snapshot.js';

/** A session that was revoked or has expired. This is final. */
export interface EndedSession {
  readonly sessionId: string;
  readonly reason: string;
  /** Epoch milliseconds of the store's clock; left out where it is not needed. */
  readonly endedAt?: number;
}

/** Ends what a user got before a change, however much that is: two numbers that only grow. */
export interface CutOff {
  readonly userId: string;
  /** Tokens with a smaller roles version are stale. */
  readonly rolesVersion: number;
  /** Sessions with a smaller epoch are over. Left out by instances of versions that do not know it. */
  readonly sessionEpoch?: number;
}

/** What every instance must refuse from now on. */
export interface Revocations {
  readonly sessions: readonly EndedSession[];
  readonly cutOffs: readonly CutOff[];
}

/** How far the revocations of a store have been read, in the order of their commits. Only the store looks inside. */
export type TailPosition = object;

/** One page of a read of the store's recent revocations. A read covers what was committed before its first page. */
export interface RecentRevocations extends Revocations {
  /** Where the next page of this read starts; `null` after the last one. */
  readonly next: TailPosition | null;
  /** Where the next read starts, which returns what was committed since. */
  readonly end: TailPosition;
  /**
   * Revocations that have been unconfirmed for so long that the instance which made them may be dead or cut off.
   * Those that have waited longest, and no more than can be confirmed at once.
   */
  readonly overdue: Revocations;
  /** The store's clock during the read, epoch milliseconds. */
  readonly now: number;
  /** Identifies the store's server and its history. Another value may be another server, which lacks the last commits. */
  readonly server: string;
}

/** How it is known that revocations hold on every instance; the store keeps it for operators. */
export interface Confirmation {
  /** The instance that made sure. */
  readonly by: string;
  /** Every registered instance has acknowledged; or a whole lease has passed; or there is no other instance. */
  readonly how: 'acknowledged' | 'lease_passed' | 'single_instance';
  readonly acknowledgedBy: readonly string[];
}

/** The port to the database that decides what a session is. Every method rejects when it cannot be reached. */
export interface SessionStore<S extends SessionSnapshot = SessionSnapshot> {
  /** @returns the sessions that exist, by id */
  load(sessionIds: readonly string[]): Promise<Map<string, S>>;
  /**
   * One page of recent revocations, and what is overdue, however old.
   *
   * @param windowMs how far back revocations matter, by the store's clock
   * @param from of the page before, or of the read before. `null`, or a position in the history of another server:
   *   everything that ended within the window
   */
  recentRevocations(windowMs: number, from: TailPosition | null): Promise<RecentRevocations>;
  /** Revokes again what the store has as active: it lost commits. Sessions that have ended there stay unchanged. */
  reapply(revocations: Revocations): Promise<void>;
  /** Records that these revocations hold on every instance. */
  confirm(revocations: Revocations, confirmation: Confirmation): Promise<void>;
  /** Whether all of these revocations are recorded as confirmed, by any instance. */
  areConfirmed(revocations: Revocations): Promise<boolean>;
}
