import type { SessionSnapshot } from '../src/session-snapshot.js';
import type { SharedCache } from '../src/shared-cache.js';
import { AT_ONCE, type Turn } from './turn.js';

/** A shared cache that says forever that a session is active, whatever was written or removed since. */
export class LyingCache<S extends SessionSnapshot> implements SharedCache<S> {
  readonly entries = new Map<string, S>();
  turn: Turn = AT_ONCE;
  /** Snapshots written, for tests that count. */
  written = 0;
  /** Sessions that it was asked to remove. */
  readonly removed: string[] = [];

  constructor(private readonly activeSnapshot: (sessionId: string) => S) {}

  async read(ids: readonly string[]): Promise<Map<string, S>> {
    const found = ids.filter((id) => this.entries.has(id));
    await this.turn('the cache is read');
    return new Map(found.map((id) => [id, this.activeSnapshot(id)]));
  }

  async write(snapshots: readonly S[]): Promise<void> {
    this.written += snapshots.length;
    await this.turn('the cache is written');
    for (const snapshot of snapshots) this.entries.set(snapshot.sessionId, snapshot);
  }

  async remove(ids: readonly string[]): Promise<void> {
    this.removed.push(...ids);
  }
}
