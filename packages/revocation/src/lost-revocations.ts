import type { EndedSet } from './ended-set.js';
import type { Revocations, SessionStore } from './session-store.js';

/** Ends in one statement: it must not take longer than a statement may. */
const ENDS_PER_STATEMENT = 2_000;

/**
 * A store that was failed over to a lagging copy, or restored, has lost its last commits: sessions that were ended are
 * active there again. Whoever knows of such ends writes them again, before it forgets them itself.
 */
export class LostRevocations {
  /** The server that is known to have every end of the set. */
  private settledServer: string | null = null;
  private isRestoring = false;

  constructor(
    private readonly store: SessionStore,
    private readonly set: EndedSet,
  ) {}

  /** To be called after every look at the store; does nothing while its server stays the same. */
  async restore(server: string): Promise<void> {
    // The first server that an instance meets is where it has its ends from.
    this.settledServer ??= server;
    if (server === this.settledServer || this.isRestoring) return;
    this.isRestoring = true;
    try {
      for (const ends of inStatements(this.set.all())) await this.store.reapply(ends);
      this.settledServer = server;
    } catch {
      // It cannot be written to yet, as a copy that is not promoted: the next look tries again.
    } finally {
      this.isRestoring = false;
    }
  }
}

function* inStatements({ sessions, cutOffs }: Revocations): Generator<Revocations> {
  for (let at = 0; at < Math.max(sessions.length, cutOffs.length); at += ENDS_PER_STATEMENT) {
    yield {
      sessions: sessions.slice(at, at + ENDS_PER_STATEMENT),
      cutOffs: cutOffs.slice(at, at + ENDS_PER_STATEMENT),
    };
  }
}
