import type { SessionSnapshot } from './session-snapshot.js';

/**
 * The port to the cache that instances share. It may forget, be late, or return wrong entries: the ended set overrules it.
 * Its methods never reject: a cache that cannot be reached is empty.
 */
export interface SharedCache<S extends SessionSnapshot = SessionSnapshot> {
  read(sessionIds: readonly string[]): Promise<Map<string, S>>;
  write(snapshots: readonly S[]): Promise<void>;
  remove(sessionIds: readonly string[]): Promise<void>;
}
