import { chunksOf } from './chunks.js';
import type { EndedSet } from './ended-set.js';
import type { SessionStore } from './session-store.js';

/** Sessions in one statement, which must not run into the statement timeout. */
const SESSIONS_PER_STATEMENT = 2_000;

/**
 * A store that failed over to a lagging standby, or was restored, has lost its last commits: sessions that were revoked
 * are active there again. An instance that still has these revocations in its ended set writes them again.
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
    try {
      for (const chunk of chunksOf(this.endedSet.all(), SESSIONS_PER_STATEMENT))
        await this.store.reapply(chunk);
      this.completeServer = server;
    } catch {
      // A standby that is not promoted yet cannot be written to. The next read of the tail tries again.
    } finally {
      this.isRestoring = false;
    }
  }
}
