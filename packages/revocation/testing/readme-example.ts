import { createRevocation } from '../src/create-revocation.js';
import type { SessionSnapshot } from '../src/session-snapshot.js';
import type { SessionStore } from '../src/session-store.js';

/** What this service has to know about a session to check a request. */
interface Snapshot extends SessionSnapshot {
  readonly userId: string;
}

/** What this process has seen of a session. The cache keeps it beside the snapshot; only the service writes to it. */
class Use {
  grantedAt = 0;
}

export async function startSessions(store: SessionStore<Snapshot>) {
  const { sessions, revocation, clock } = createRevocation<Snapshot, Use>({
    store,
    bus: null, // or `new RedisBus(redis, authenticator)`
    sharedCache: null, // or `new RedisSharedCache(redis, format, authenticator)`
    model: {
      compact: (read, sessionId) => ({ ...read, sessionId }),
      isUnchanged: (known, read) => known.userId === read.userId,
      newUse: () => new Use(),
    },
    tokenTtlMs: 15 * 60_000,
    leaseMs: 3_000,
    maxStalenessMs: 5 * 60_000,
    memoryCacheSize: 100_000,
    endedSetSize: 1_000_000,
  });
  await revocation.start();

  return {
    /** Whether a request with a verified token of this session may be granted. Usually answers without a promise. */
    async isActive(sessionId: string): Promise<boolean> {
      const { ended, session } = await sessions.find(sessionId);
      if (ended !== null || session?.snapshot.status !== 'active') return false;
      session.use.grantedAt = clock.now();
      return true;
    },
    /** After the commit. `false`: committed, but not confirmed by every instance yet. */
    revoked: (sessionId: string, reason: string): Promise<boolean> =>
      revocation.enforce({ sessions: [{ sessionId, reason }], cutOffs: [] }),
    stop: () => revocation.stop(),
  };
}
