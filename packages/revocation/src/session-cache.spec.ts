import { setTimeout as sleep } from 'node:timers/promises';
import { LyingCache } from '../testing/lying-cache.js';
import { ManualClock } from '../testing/manual-clock.js';
import { MemoryStore } from '../testing/memory-store.js';
import {
  activeSnapshot,
  TEST_MODEL,
  type TestSession,
  type TestSnapshot,
  type TestUse,
} from '../testing/test-session.js';
import { AT_ONCE, HeldSteps } from '../testing/turn.js';
import { waitUntil } from '../testing/wait-until.js';
import { EndedSet } from './ended-set.js';
import { NO_OBSERVER } from './observer.js';
import { REFRESH_AFTER_MS, SessionCache } from './session-cache.js';
import { StoreClock } from './store-clock.js';
import { Trust } from './trust.js';

/** The clock of the store, and of the snapshots that it returns. */
const NOW = 1_700_000_000_000;

describe('SessionCache', () => {
  let clock: ManualClock;
  let store: MemoryStore<TestSnapshot>;
  /** What the store calls sessions. */
  let name: string;
  let shared: LyingCache<TestSnapshot>;
  let endedSet: EndedSet;
  let trust: Trust;
  let layers: string[];
  let sharedSnapshot: Partial<TestSnapshot>;

  beforeEach(() => {
    clock = new ManualClock();
    name = 'TV';
    store = newStore();
    sharedSnapshot = {};
    shared = new LyingCache((id) => ({ ...activeSnapshot(id), readAt: clock.wall(), ...sharedSnapshot }));
    endedSet = new EndedSet(10);
    trust = new Trust(null, clock, 60_000);
    trust.tailRead(clock.monotonic());
    layers = [];
  });

  const newStore = (exists?: () => boolean) => {
    const made = new MemoryStore<TestSnapshot>((id) => ({ ...activeSnapshot(id), name }), exists);
    made.now = () => clock.wall();
    return made;
  };
  const open = (memoryCacheSize = 10) => {
    const storeClock = new StoreClock(clock);
    storeClock.set(clock.wall(), clock.monotonic());
    return new SessionCache<TestSnapshot, TestUse>({
      store,
      sharedCache: shared,
      bus: null,
      model: TEST_MODEL,
      endedSet,
      trust,
      storeClock,
      memoryCacheSize,
      observer: {
        ...NO_OBSERVER,
        lookedUp: (layer) => layers.push(layer),
        distrusted: () => layers.push('distrusted'),
      },
    });
  };
  const sessionOf = async (sessions: SessionCache<TestSnapshot, TestUse>, id = 's') => {
    const { session } = await sessions.find(id);
    return session as TestSession;
  };
  /** Lets the trust in caches continue while time passes. */
  const pass = (ms: number) => {
    clock.pass(ms);
    trust.tailRead(clock.monotonic());
  };
  const ended = (sessionId: string) => ({ sessions: [{ sessionId, reason: 'logout' }], cutOffs: [] });

  describe('find', () => {
    it('asks memory, in the same tick, then the shared cache, then the store', async () => {
      const sessions = open();
      shared.entries.set('shared', activeSnapshot('shared'));
      await sessionOf(sessions, 's');
      await sessionOf(sessions, 'shared');
      expect(store.loads).toEqual([['s']]);
      expect(sessions.find('s')).toMatchObject({ ended: null, session: { snapshot: { sessionId: 's' } } });
      expect(layers).toEqual(['store', 'shared', 'memory']);
    });

    it('asks only the store while caches may not be trusted', async () => {
      const sessions = open();
      await sessionOf(sessions);
      shared.entries.set('s', activeSnapshot('s'));
      trust.stop();
      await sessionOf(sessions);
      expect(store.loads).toEqual([['s'], ['s']]);
      expect(layers).toEqual(['store', 'distrusted', 'store']);
    });

    it('returns null for a session that does not exist', async () => {
      store = newStore(() => false);
      expect(await open().find('s')).toEqual({ ended: null, session: null });
    });

    it('removes a session from the shared cache that ended while it was written there', async () => {
      const writes = new HeldSteps('the cache is written');
      shared.turn = writes.turn;
      await sessionOf(open());
      endedSet.add(ended('s'));
      expect([writes.count, shared.removed]).toEqual([1, []]);
      writes.release();
      await waitUntil('it is removed', () => shared.removed.length > 0);
      expect(shared.removed).toEqual(['s']);
    });

    it('asks the ended set first', async () => {
      const sessions = open();
      await sessionOf(sessions);
      endedSet.add(ended('s'));
      expect(sessions.find('s')).toEqual({ ended: 'logout', session: null });
    });

    describe('after a cut-off of all sessions of the user', () => {
      const cutOff = (sessionEpoch = 1) => ({
        sessions: [],
        cutOffs: [{ userId: 'user', rolesVersion: 0, sessionEpoch }],
      });

      it('refuses a session that memory has as active, and remembers the end', async () => {
        const sessions = open();
        await sessionOf(sessions);
        endedSet.add(store.cutOffSessions('user'));
        expect(await sessions.find('s')).toEqual({ ended: 'terminated', session: null });
        expect(sessions.find('s')).toEqual({ ended: 'terminated', session: null });
        expect(layers).toEqual(['store', 'store']);
      });

      it('asks the store once about a session that the cut-off has exempted', async () => {
        const sessions = open();
        await sessionOf(sessions);
        endedSet.add(store.cutOffSessions('user', ['s']));
        expect((await sessionOf(sessions)).snapshot.sessionEpoch).toBe(1);
        expect(sessions.find('s')).toMatchObject({ ended: null });
        expect(store.loads).toHaveLength(2);
      });

      it('refuses a session from the shared cache', async () => {
        const sessions = open();
        shared.entries.set('s', activeSnapshot('s'));
        endedSet.add(store.cutOffSessions('user'));
        expect(await sessions.find('s')).toEqual({ ended: 'terminated', session: null });
      });

      it('does not grant a session that was read before the cut-off', async () => {
        const sessions = open();
        const reads = new HeldSteps('a read is answered');
        store.turn = reads.turn;
        const finding = [sessions.find('s'), sessions.findFresh('s')];
        await waitUntil('both reads are sent', () => reads.count === 2);
        endedSet.add(store.cutOffSessions('user'));
        store.turn = AT_ONCE;
        reads.release();
        for (const lookup of finding) expect(await lookup).toEqual({ ended: 'terminated', session: null });
      });

      it('refuses a session if the store has lost the cut-off', async () => {
        const sessions = open();
        endedSet.add(cutOff());
        expect(await sessions.find('s')).toEqual({ ended: 'unspecified', session: null });
        expect(await sessions.findFresh('s')).toEqual({ ended: 'unspecified', session: null });
      });

      it('has nothing in memory about a session that the cut-off may have ended', async () => {
        const sessions = open();
        await sessionOf(sessions);
        endedSet.add(cutOff());
        expect(sessions.inMemory('s')).toBeUndefined();
      });

      it('does not affect another user', async () => {
        const sessions = open();
        await sessionOf(sessions);
        endedSet.add({ sessions: [], cutOffs: [{ userId: 'other', rolesVersion: 0, sessionEpoch: 9 }] });
        expect(sessions.find('s')).toMatchObject({ ended: null });
      });
    });

    it('asks the ended set again after it has waited', async () => {
      const sessions = open();
      const reads = new HeldSteps('a read is answered');
      store.turn = reads.turn;
      const finding = sessions.find('s');
      const findingFresh = sessions.findFresh('s');
      await waitUntil('both reads are sent', () => reads.count === 2);
      endedSet.add(ended('s'));
      reads.release();
      expect(await finding).toEqual({ ended: 'logout', session: null });
      expect(await findingFresh).toEqual({ ended: 'logout', session: null });
    });

    it('adds a session that the store has as ended to the ended set', async () => {
      const sessions = open();
      await sessionOf(sessions);
      store.end('s', 'terminated');
      expect(await sessions.findFresh('s')).toEqual({ ended: 'terminated', session: null });
      expect(endedSet.reasonOf('s')).toBe('terminated');
      expect(sessions.peek('s')).toBeUndefined();
    });
  });

  describe('a session that is read again', () => {
    it('stays the same cached session, with its use, and is not shared again', async () => {
      const sessions = open();
      const first = await sessionOf(sessions);
      first.use.grantedAt = 7;
      pass(30_000);
      expect((await sessions.findFresh('s')).session).toBe(first);
      expect(first.snapshot).toMatchObject({ readAt: NOW + 1_030_000, lastSeenAt: NOW + 1_030_000 });
      expect(first.use.grantedAt).toBe(7);
      expect(shared.written).toBe(1);
    });

    it('shows what has changed, keeps its use, and is shared', async () => {
      const sessions = open();
      const first = await sessionOf(sessions);
      first.use.grantedAt = 7;
      name = 'Projector';
      await sessions.findFresh('s');
      expect(sessions.find('s')).toMatchObject({
        session: { use: { grantedAt: 7 }, snapshot: { name: 'Projector' } },
      });
      expect(shared.written).toBe(2);
    });

    it('is shared again when the shared snapshot has grown old', async () => {
      const sessions = open();
      const first = await sessionOf(sessions);
      pass(REFRESH_AFTER_MS);
      await sessions.findFresh('s');
      expect(shared.written).toBe(1);
      pass(REFRESH_AFTER_MS + 1);
      expect((await sessions.findFresh('s')).session).toBe(first);
      expect(shared.written).toBe(2);
    });

    it('takes no use from the shared cache', async () => {
      const sessions = open();
      shared.entries.set('s', activeSnapshot('s'));
      sharedSnapshot = { use: { grantedAt: 9 }, grantedAt: 9 } as Partial<TestSnapshot>;
      expect((await sessionOf(sessions)).use.grantedAt).toBe(0);
    });
  });

  describe('an old session', () => {
    it('answers the request, and is read again in the background', async () => {
      const sessions = open();
      const first = await sessionOf(sessions);
      name = 'Projector';
      pass(REFRESH_AFTER_MS);
      void sessions.find('s');
      await sleep(20);
      expect(store.loads).toHaveLength(1);
      pass(1);
      expect(sessions.find('s')).toEqual({ ended: null, session: first });
      await waitUntil('it is read', () => first.snapshot.name === 'Projector');
      expect(store.loads).toHaveLength(2);
    });

    it('is every session from before changes may have been missed', async () => {
      const sessions = open();
      const first = await sessionOf(sessions);
      pass(1);
      sessions.markAllStale();
      name = 'Projector';
      expect(sessions.find('s')).toEqual({ ended: null, session: first });
      await waitUntil('it is read', () => first.snapshot.name === 'Projector');
      expect(sessions.find('s')).toMatchObject({ session: { snapshot: { name: 'Projector' } } });
      await sleep(20);
      expect(store.loads).toHaveLength(2);
    });

    it('waits for a later request when many are read again', async () => {
      const sessions = open(1_000);
      const ids = Array.from({ length: 1_000 }, (_, at) => `s${at}`);
      const all = await Promise.all(ids.map((id) => sessionOf(sessions, id)));
      const { length } = store.loads;
      pass(REFRESH_AFTER_MS + 1);
      for (const id of ids) void sessions.find(id);
      await sleep(50);
      expect(all.filter(({ snapshot }) => snapshot.readAt < clock.wall())).toHaveLength(900);
      expect(store.loads).toHaveLength(length + 1);
    });

    it('stays in use while the store is away', async () => {
      const sessions = open();
      const first = await sessionOf(sessions);
      pass(REFRESH_AFTER_MS + 1);
      store.isAway = true;
      expect(sessions.find('s')).toEqual({ ended: null, session: first });
      await sleep(20);
      expect(sessions.find('s')).toEqual({ ended: null, session: first });
    });
  });

  describe('a session that changes', () => {
    it('is not kept from a read of the store that was in flight', async () => {
      const sessions = open();
      const reads = new HeldSteps('a read is answered');
      store.turn = reads.turn;
      const before = sessionOf(sessions);
      await waitUntil('the read is sent', () => reads.count === 1);
      sessions.drop(['s']);
      reads.release();
      expect(await before).toMatchObject({ snapshot: { name: 'TV' } });
      expect(sessions.peek('s')).toBeUndefined();
      expect(shared.written).toBe(0);
    });

    it('is not taken from a read of the shared cache that was in flight', async () => {
      const sessions = open();
      shared.entries.set('s', activeSnapshot('s'));
      const reads = new HeldSteps('the cache is read');
      shared.turn = reads.turn;
      const finding = sessionOf(sessions);
      await waitUntil('the read is sent', () => reads.count === 1);
      sessions.drop(['s']);
      name = 'Projector';
      reads.release();
      expect(await finding).toMatchObject({ snapshot: { name: 'Projector' } });
      expect(store.loads).toEqual([['s']]);
    });

    it('is removed from the shared cache too', async () => {
      const removed: unknown[] = [];
      shared.remove = async (...args: unknown[]) => void removed.push(...args);
      const sessions = open();
      await sessionOf(sessions);
      await sessions.invalidate(['s']);
      await sessions.invalidate([]);
      expect(sessions.peek('s')).toBeUndefined();
      expect(removed).toEqual([['s']]);
    });
  });

  describe('a snapshot from the shared cache', () => {
    beforeEach(() => shared.entries.set('s', activeSnapshot('s')));

    it.each(['createdAt', 'lastSeenAt'])('is ignored when its %s is in the future', async (field) => {
      sharedSnapshot = { [field]: clock.wall() + 1 };
      await sessionOf(open());
      expect(store.loads).toEqual([['s']]);
    });

    it('counts as read now when it says that it was read in the future', async () => {
      sharedSnapshot = { readAt: clock.wall() + 1_000 };
      expect((await sessionOf(open())).snapshot.readAt).toBe(clock.wall());
    });

    it('does not replace a newer one in memory', async () => {
      const sessions = open();
      sharedSnapshot = { readAt: clock.wall() - 1, name: 'old name' };
      const reads = new HeldSteps('the cache is read');
      shared.turn = reads.turn;
      const finding = sessionOf(sessions);
      await waitUntil('the read is sent', () => reads.count === 1);
      await sessions.findFresh('s');
      reads.release();
      expect((await finding).snapshot.name).toBe('TV');
    });
  });
});
