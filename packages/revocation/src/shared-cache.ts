import type { SessionSnapshot } from './session-snapshot.js';

/**
 * The port to the cache that instances share. It may forget, be late, or lie: the ended set overrules it.
 * It never rejects: a cache that cannot be reached holds nothing.
 */
export interface SharedCache {
  read(sessionIds: readonly string[]): Promise<Map<string, SessionSnapshot>>;
  write(snapshots: readonly SessionSnapshot[]): Promise<void>;
  remove(sessionIds: readonly string[]): Promise<void>;
}
