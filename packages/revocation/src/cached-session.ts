import type { SessionSnapshot } from './session-snapshot.js';

/**
 * How this instance has seen a cached session used. The service changes it in place: the cache only creates it, and
 * keeps it when it replaces the snapshot. It never leaves this process, and nothing in it comes from another cache.
 */
export interface Use {
  /** The last request that this instance granted, epoch milliseconds of the store's clock; 0 for none. */
  readonly grantedAt: number;
}

/** A session in this process's memory. The cache replaces the snapshot whenever the session has been read again. */
export interface CachedSession<S extends SessionSnapshot, U extends Use> {
  readonly snapshot: S;
  readonly use: U;
}

/** How a service caches its kind of session. */
export interface SessionModel<S extends SessionSnapshot, U extends Use> {
  /**
   * The copy of a snapshot that memory keeps.
   *
   * @param sessionId the id as the caller has it, from a token: keeping that text saves a second copy, and the lookup
   *   compares two references instead of two texts
   */
  compact(read: S, sessionId: string): S;
  /** Whether two snapshots describe the same session in the same state; when it was read and last seen does not count. */
  isUnchanged(known: S, read: S): boolean;
  newUse(): U;
}
