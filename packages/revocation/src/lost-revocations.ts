import { chunksOf } from './chunks.js';
import type { EndedSet } from './ended-set.js';
import type { Revocations, SessionStore } from './session-store.js';

/** Sessions in one statement, which must not run into the statement timeout. */
const SESSIONS_PER_STATEMENT = 2_000;
/** The store cannot be written to after so many failures in a row. One bad entry causes fewer: 2,000 are halved 11 times. */
const FAILURES_TO_STOP = 16;

/**
 * A store that failed over to a lagging standby, or was restored, has lost its last commits: sessions that were revoked
 * are active there again. An instance that still has these revocations in its ended set writes them again. All of them
 * come from a store or from another instance that committed them: a shared cache never adds to the ended set.
 */
export class LostRevocations {
  /** The server that is known to have every revocation of the ended set. */
  private completeServer: string | null = null;
  private isRestoring = false;

  constructor(
    private readonly store: SessionStore,
    private readonly endedSet: EndedSet,
  ) {}

  /** To be called after every read of the recent revocations; does nothing while the server stays the same. */
  async restore(server: string): Promise<void> {
    // The ended set was first filled from this server.
    this.completeServer ??= server;
    if (server === this.completeServer || this.isRestoring) return;
    this.isRestoring = true;
    // Otherwise the next read of the tail tries again.
    if (await this.reapplyAll()) this.completeServer = server;
    this.isRestoring = false;
  }

  /** @returns whether the store has everything now */
  private async reapplyAll(): Promise<boolean> {
    let isComplete = true;
    let failures = 0;
    const waiting = chunksOf(this.endedSet.all(), SESSIONS_PER_STATEMENT).reverse();
    for (let chunk = waiting.pop(); chunk; chunk = waiting.pop()) {
      try {
        await this.store.reapply(chunk);
        failures = 0;
      } catch {
        // A standby that is not promoted yet cannot be written to; or the store refuses one entry, which must not keep
        // the others from being written.
        isComplete = false;
        failures += 1;
        if (failures === FAILURES_TO_STOP) return false;
        waiting.push(...halvesOf(chunk).reverse());
      }
    }
    return isComplete;
  }
}

/** @returns nothing for a chunk that cannot be divided */
function halvesOf(chunk: Revocations): Revocations[] {
  const { sessions, cutOffs } = chunk;
  if (sessions.length > 0 && cutOffs.length > 0)
    return [
      { sessions, cutOffs: [] },
      { sessions: [], cutOffs },
    ];
  const size = sessions.length + cutOffs.length;
  return size < 2 ? [] : chunksOf(chunk, Math.ceil(size / 2));
}
