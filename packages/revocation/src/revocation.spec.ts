import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { LyingCache } from '../testing/lying-cache.js';
import {
  isGranted,
  SimulatedCluster,
  type SimulatedInstance,
  simulatedInstance,
} from '../testing/simulated-cluster.js';
import { activeSnapshot, TEST_MODEL, type TestSession } from '../testing/test-session.js';
import { HeldSteps } from '../testing/turn.js';
import { waitUntil } from '../testing/wait-until.js';
import { NO_OBSERVER } from './observer.js';

describe('Revocation', () => {
  let cluster: SimulatedCluster;

  beforeEach(() => {
    cluster = new SimulatedCluster();
  });
  afterEach(() => cluster.stop());

  const pair = async () => [await cluster.startTrusting(), await cluster.startTrusting()] as const;
  const isActive = async (sessionId: string) =>
    (await cluster.store.load([sessionId])).get(sessionId)?.status === 'active';

  describe('enforce', () => {
    it('makes every instance refuse the session before it answers, whatever the caches have', async () => {
      const [a, b] = await pair();
      cluster.cache.entries.set('s', activeSnapshot('s'));
      expect([await isGranted(a, 's'), await isGranted(b, 's')]).toEqual([true, true]);
      expect(await a.revocation.enforce(cluster.store.end('s'))).toBe(true);
      expect([await isGranted(a, 's'), await isGranted(b, 's')]).toEqual([false, false]);
      expect(b.sessions.find('s')).toEqual({ ended: 'logout', session: null });
    });

    it('carries cut-offs to every instance', async () => {
      const [a, b] = await pair();
      cluster.store.cutOff('u');
      expect(await a.revocation.enforce(cluster.store.cutOff('u'))).toBe(true);
      expect([a, b].map(({ revocation }) => revocation.cutOffOf('u').rolesVersion)).toEqual([2, 2]);
    });

    it('applies the entries of a push that could be read only in part', async () => {
      const [a, b] = await pair();
      const revocations = cluster.store.end('s');
      cluster.server.publish(b.bus.instanceId, (listener) => listener.revoked(revocations));
      await waitUntil('it is refused', () => b.revocation.reasonOfEnd('s') === 'logout', { everyMs: 1 });
      expect(a.revocation.reasonOfEnd('s')).toBeUndefined();
    });

    it('records who confirmed the revocation, and how', async () => {
      const [a, b] = await pair();
      await sleep(350);
      await a.revocation.enforce(cluster.store.end('s'));
      await waitUntil('it is recorded', () => cluster.store.confirmations.length > 0);
      expect(cluster.store.confirmations).toEqual([
        { by: a.bus.instanceId, how: 'acknowledged', acknowledgedBy: [b.bus.instanceId] },
      ]);
    });

    it('waits out the lease of an instance that hears nothing, which then grants nothing', async () => {
      const [a, b] = await pair();
      expect(await isGranted(b, 's')).toBe(true);
      cluster.server.silence(b.bus.instanceId);
      expect(await a.revocation.enforce(cluster.store.end('s'))).toBe(true);
      expect(await isGranted(b, 's')).toBe(false);
    });

    it('waits for an instance that holds a lease and was wiped from the table by a flush', async () => {
      const [a, b] = await pair();
      await sleep(400);
      expect(await isGranted(b, 's')).toBe(true);
      cluster.server.table.clear();
      cluster.server.silence(b.bus.instanceId);
      expect(await a.revocation.enforce(cluster.store.end('s'))).toBe(true);
      expect(await isGranted(b, 's')).toBe(false);
    });

    it('returns false when the instance is cut off, and refuses the session itself', async () => {
      const { revocation, bus, sessions } = await cluster.startTrusting();
      bus.isCutOff = true;
      expect(await revocation.enforce(cluster.store.end('s'))).toBe(false);
      expect(await isGranted({ sessions }, 's')).toBe(false);
    });

    it('accepts the confirmation of another instance when this one is cut off', async () => {
      const { revocation, bus } = await cluster.startTrusting();
      bus.isCutOff = true;
      const revocations = cluster.store.end('s');
      const enforcing = revocation.enforce(revocations);
      await cluster.store.confirm(revocations, { by: 'another', how: 'acknowledged', acknowledgedBy: [] });
      expect(await enforcing).toBe(true);
    });

    it('needs no other instance where there is none', async () => {
      const { store } = cluster;
      const { revocation } = simulatedInstance({ store, bus: null, sharedCache: null, model: TEST_MODEL });
      await revocation.start();
      expect(await revocation.enforce(store.end('s'))).toBe(true);
      expect(revocation.reasonOfEnd('s')).toBe('logout');
      await revocation.stop();
    });
  });

  it('pushes an overdue revocation again and records its confirmation', async () => {
    const [, b] = await pair();
    const revocations = cluster.store.end('s', 'terminated');
    cluster.store.backdate('s', 2_000);
    // Every push goes to every instance, including the one that learned about it from the store.
    await waitUntil('it is confirmed', () => cluster.store.areConfirmed(revocations));
    expect(b.revocation.reasonOfEnd('s')).toBe('terminated');
  });

  it('pushes an overdue cut-off again and records its confirmation', async () => {
    await pair();
    const revocations = cluster.store.cutOff('u');
    cluster.store.backdate('u', 2_000);
    await waitUntil('it is confirmed', () => cluster.store.areConfirmed(revocations));
  });

  it('does not push what is not overdue', async () => {
    await pair();
    const revocations = cluster.store.end('s');
    await sleep(500);
    expect(await cluster.store.areConfirmed(revocations)).toBe(false);
  });

  it('finds a revocation that was never pushed', async () => {
    const instance = await cluster.startTrusting();
    expect(await isGranted(instance, 's')).toBe(true);
    const revocations = cluster.store.end('s', 'unspecified');
    // Confirmed, so that no instance pushes it either.
    await cluster.store.confirm(revocations, { by: 'another', how: 'acknowledged', acknowledgedBy: [] });
    await waitUntil('it is refused', async () => !(await isGranted(instance, 's')));
    expect(instance.sessions.find('s')).toEqual({ ended: 'unspecified', session: null });
  });

  it('reads the revocations of a token lifetime, and of ten minutes more for clocks that differ', async () => {
    await cluster.startTrusting({ tokenTtlMs: 900_000 });
    expect(cluster.store.windows[0]).toBe(1_500_000);
    expect(cluster.store.tailReads[0]).toBeNull();
  });

  it('forgets revocations only after that time', async () => {
    const { revocation } = await cluster.startTrusting({ tokenTtlMs: -599_000 });
    await revocation.enforce(cluster.store.end('s'));
    cluster.store.backdate('s', 60_000);
    await sleep(900);
    expect(revocation.reasonOfEnd('s')).toBe('logout');
    await waitUntil('it is forgotten', () => revocation.reasonOfEnd('s') === undefined);
  });

  it('revokes again what a store that failed over to a lagging standby has lost', async () => {
    const [a] = await pair();
    expect(await a.revocation.enforce(cluster.store.end('s', 'terminated'))).toBe(true);
    await a.revocation.stop();
    cluster.store.failOverWithout('s');
    expect(await isActive('s')).toBe(true);
    await waitUntil('it is revoked again', async () => !(await isActive('s')));
    expect((await cluster.store.load(['s'])).get('s')?.endedReason).toBe('terminated');
  });

  it('revokes again only once the standby can be written to', async () => {
    const { revocation } = await cluster.startTrusting();
    await revocation.enforce(cluster.store.end('s'));
    const tried = new Promise<void>((resolve) => {
      cluster.store.refuseToReapply = resolve;
    });
    cluster.store.failOverWithout('s');
    await tried;
    expect(await isActive('s')).toBe(true);
    cluster.store.refuseToReapply = null;
    await waitUntil('it is revoked again', async () => !(await isActive('s')));
  });

  it('refuses although a read from before the revocation fills the cache after it', async () => {
    const instance = await cluster.startTrusting();
    const reads = new HeldSteps('a read is answered');
    cluster.store.turn = reads.turn;
    const before = isGranted(instance, 's');
    await waitUntil('the read is sent', () => reads.count === 1);
    expect(await instance.revocation.enforce(cluster.store.end('s'))).toBe(true);
    reads.release();
    expect(await before).toBe(false);
    expect(await isGranted(instance, 's')).toBe(false);
  });

  describe('more ends than the set may list', () => {
    const ids = (count: number) => Array.from({ length: count }, (_, n) => `s${n}`);
    const endAll = (sessionIds: readonly string[]) => {
      for (const id of sessionIds) cluster.store.end(id);
    };

    it('are refused, and what goes on is answered from memory after one read of the store', async () => {
      const instance = await cluster.startTrusting({ endedSetSize: 3 });
      for (const id of ['s4', 'other']) expect(await isGranted(instance, id)).toBe(true);
      cluster.store.pageSize = 2;
      endAll(ids(5));
      await waitUntil('they are not listed', () => instance.revocation.status().hasUnlistedEnds);
      await waitUntil('caches are trusted', () => instance.revocation.status().trustsCaches);
      expect(instance.revocation.status().endedSetSize).toBeLessThanOrEqual(3);
      // The cache still says that it is active.
      cluster.cache.entries.set('s4', activeSnapshot('s4'));
      expect(await isGranted(instance, 's4')).toBe(false);
      expect(await isGranted(instance, 'other')).toBe(true);
      const { length } = cluster.store.loads;
      expect(await isGranted(instance, 'other')).toBe(true);
      expect(cluster.store.loads).toHaveLength(length);
    });

    it('are refused when they are pushed', async () => {
      const instance = await cluster.startTrusting({ endedSetSize: 2 });
      for (const id of ids(3)) {
        expect(await isGranted(instance, id)).toBe(true);
        expect(await instance.revocation.enforce(cluster.store.end(id))).toBe(true);
      }
      cluster.cache.entries.set('s2', activeSnapshot('s2'));
      expect(instance.revocation.status().endedSetSize).toBe(2);
      expect(await isGranted(instance, 's2')).toBe(false);
    });

    it('include cut-offs, which do not name the sessions that they end', async () => {
      const instance = await cluster.startTrusting({ endedSetSize: 1 });
      const userId = activeSnapshot('s').userId;
      await instance.revocation.enforce(cluster.store.end('one'));
      expect(await isGranted(instance, 's')).toBe(true);
      await instance.revocation.enforce(cluster.store.cutOffSessions(userId));
      expect(await isGranted(instance, 's')).toBe(false);
    });

    it.each(['the store', 'the shared cache'])('refuse what was read from %s before', async (layer) => {
      const instance = await cluster.startTrusting({ endedSetSize: 1 });
      await instance.revocation.enforce(cluster.store.end('one'));
      cluster.cache.entries.set('s', activeSnapshot('s'));
      const inStore = layer === 'the store';
      if (inStore) cluster.cache.entries.clear();
      const reads = new HeldSteps(inStore ? 'a read is answered' : 'the cache is read');
      cluster.turn = reads.turn;
      const before = isGranted(instance, 's');
      await waitUntil('the read is sent', () => reads.count === 1);
      await instance.revocation.enforce(cluster.store.end('s'));
      reads.release();
      expect(await before).toBe(false);
      expect(await isGranted(instance, 's')).toBe(false);
    });

    it('are no longer of interest once their tokens have expired', async () => {
      const instance = await cluster.startTrusting({ endedSetSize: 1, tokenTtlMs: -599_000 });
      endAll(ids(2));
      await waitUntil('they are not listed', () => instance.revocation.status().hasUnlistedEnds);
      await cluster.store.confirm(
        { sessions: ids(2).map((sessionId) => ({ sessionId, reason: 'logout' })), cutOffs: [] },
        { by: 'another', how: 'acknowledged', acknowledgedBy: [] },
      );
      await waitUntil('they are forgotten', () => !instance.revocation.status().hasUnlistedEnds);
    });
  });

  describe('trust in caches', () => {
    it('is not restored after a new subscription before the earlier revocations are read', async () => {
      const instance = await cluster.startTrusting();
      cluster.store.end('s');
      cluster.cache.entries.set('s', activeSnapshot('s'));
      const tail = new HeldSteps('the tail is answered');
      cluster.store.turn = tail.turn;
      instance.bus.resubscribe();
      await sleep(400);
      expect(instance.revocation.status()).toMatchObject({ trustsCaches: false, leaseLive: false });
      expect(await isGranted(instance, 's')).toBe(false);
      tail.release();
      await waitUntil('caches are trusted', () => instance.revocation.status().trustsCaches);
      expect(await isGranted(instance, 's')).toBe(false);
    });

    it('is not restored by the read of a subscription that has been replaced since', async () => {
      const { revocation, bus } = await cluster.startTrusting();
      const tail = new HeldSteps('the tail is answered');
      cluster.store.turn = tail.turn;
      bus.resubscribe();
      bus.resubscribe();
      tail.releaseFirst();
      await sleep(200);
      expect(revocation.status().leaseLive).toBe(false);
      tail.release();
      await waitUntil('caches are trusted', () => revocation.status().trustsCaches);
    });

    it('is not restored after a new subscription while the store is away', async () => {
      const { revocation, bus } = await cluster.startTrusting();
      cluster.store.isAway = true;
      bus.resubscribe();
      await sleep(600);
      expect(revocation.status().trustsCaches).toBe(false);
      cluster.store.isAway = false;
      await waitUntil('caches are trusted', () => revocation.status().trustsCaches);
    });

    it('ends with the lease when the subscription is dead without having been closed', async () => {
      const { revocation, bus } = await cluster.startTrusting();
      cluster.server.silence(bus.instanceId);
      await waitUntil('the lease has run out', () => !revocation.status().trustsCaches);
      // It notices that it hears nothing, and subscribes again.
      await waitUntil('caches are trusted', () => revocation.status().trustsCaches);
    });

    it('ends while only some pages of a mass have been read', async () => {
      const instance = await cluster.startTrusting();
      expect(await isGranted(instance, 'd')).toBe(true);
      cluster.store.pageSize = 1;
      for (const id of ['a', 'b', 'c', 'd']) cluster.store.end(id);
      const pages = new HeldSteps('the tail is answered');
      cluster.store.turn = pages.turn;
      await waitUntil('the first page is read', () => pages.count > 0);
      pages.releaseFirst();
      await waitUntil('caches are not trusted', () => !instance.revocation.status().trustsCaches);
      // From the store: this instance has not read of its end yet.
      expect(instance.revocation.reasonOfEnd('d')).toBeUndefined();
      expect(await isGranted(instance, 'd')).toBe(false);
      pages.release();
      await waitUntil('caches are trusted', () => instance.revocation.status().trustsCaches);
      expect(instance.revocation.reasonOfEnd('d')).toBe('logout');
    });

    it('ends when the store has not been read for too long, and then requests fail', async () => {
      const instance = await cluster.startTrusting({ maxStalenessMs: 600 });
      expect(await isGranted(instance, 's')).toBe(true);
      cluster.store.isAway = true;
      await waitUntil('caches are no longer trusted', () => !instance.revocation.status().trustsCaches);
      await expect(isGranted(instance, 's')).rejects.toThrow('away');
    });

    it.each([true, false])('ends when the instance stops (with other instances: %s)', async (hasOthers) => {
      const { store, server } = cluster;
      const bus = hasOthers ? server.bus() : null;
      const { revocation } = simulatedInstance({ store, bus, sharedCache: null, model: TEST_MODEL });
      await revocation.start();
      await waitUntil('caches are trusted', () => revocation.status().trustsCaches);
      await revocation.stop();
      expect(revocation.status().trustsCaches).toBe(false);
    });
  });

  describe('a change of a session', () => {
    it('makes every instance read the session again', async () => {
      const [a, b] = await pair();
      for (const instance of [a, b]) await isGranted(instance, 's');
      expect(b.sessions.inMemory('s')).toBeDefined();
      await a.sessions.invalidate(['s', 'unknown']);
      expect(a.sessions.inMemory('s')).toBeUndefined();
      await waitUntil('the other has dropped it', () => b.sessions.inMemory('s') === undefined);
    });

    it('is applied by an instance that cannot reach the others', async () => {
      const [a, b] = await pair();
      for (const instance of [a, b]) await isGranted(instance, 's');
      a.bus.isCutOff = true;
      await a.sessions.invalidate(['s']);
      expect(a.sessions.inMemory('s')).toBeUndefined();
      expect(b.sessions.inMemory('s')).toBeDefined();
    });

    it('may have been missed before a new subscription, so sessions are read again', async () => {
      const instance = await cluster.startTrusting();
      await isGranted(instance, 's');
      cluster.cache.entries.clear();
      await sleep(5);
      instance.bus.resubscribe();
      await waitUntil('caches are trusted', () => instance.revocation.status().trustsCaches);
      const { length } = cluster.store.loads;
      expect(await isGranted(instance, 's')).toBe(true);
      await waitUntil('it is read', () => cluster.store.loads.length > length);
    });
  });

  it('tells an operator what it knows about a session', async () => {
    const { sessions, bus, revocation } = await cluster.startTrusting();
    const { instanceId } = bus;
    const { session } = await sessions.find('s');
    (session as TestSession).use.grantedAt = 7;
    await revocation.enforce(cluster.store.end('gone', 'terminated'));
    for (const id of ['s', 'unknown', 'gone']) bus.ask(id);
    await waitUntil('it has answered', () => cluster.server.answers.length === 3);
    const unknown = {
      instanceId,
      inMemory: false,
      lastGrantedAt: null,
      endedReason: null,
      trustsCaches: true,
    };
    expect(cluster.server.answers).toEqual([
      { ...unknown, inMemory: true, lastGrantedAt: 7 },
      unknown,
      { ...unknown, endedReason: 'terminated' },
    ]);
  });

  it('reports once for how long a session was granted after its end', async () => {
    const reported: number[] = [];
    const { sessions, revocation } = await cluster.startTrusting({
      observer: { ...NO_OBSERVER, grantedAfterEnd: (ms) => reported.push(ms) },
    });
    for (const id of ['s', 't']) {
      const { session } = await sessions.find(id);
      (session as TestSession).use.grantedAt = 1_050;
    }
    const ended = (sessionId: string, endedAt: number) => ({
      sessions: [{ sessionId, reason: 'logout', endedAt }],
      cutOffs: [],
    });
    for (let times = 0; times < 2; times++) {
      await revocation.enforce(ended('s', 1_000));
      await revocation.enforce(ended('t', 2_000));
      await revocation.enforce(ended('not in memory', 1_000));
    }
    expect(reported).toEqual([50, 0]);
  });

  it('grants no request that starts after the answer, however reads, fills, messages and tails interleave', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        fc.boolean(),
        async (scheduler, requests, isPoisoned, isMature) => {
          const world = new SimulatedCluster();
          const lease = { leaseMs: 60, leaseMarginMs: 5 };
          const [revoker, other] = [await world.start(lease), await world.start(lease)];
          if (isPoisoned) world.cache.entries.set('s', activeSnapshot('s'));
          await waitUntil(
            'both trust',
            () => world.instances.every((it) => it.revocation.status().trustsCaches),
            {
              everyMs: 1,
            },
          );

          // An old registration may be relied on, a young one may not.
          if (isMature) await sleep(80);
          const turn = (label: string) => scheduler.schedule(Promise.resolve(), label).then(() => {});
          world.turn = turn;
          const wrong: string[] = [];
          let isAnswered = false;
          const request = async (instance: SimulatedInstance) => {
            const startedAfter = isAnswered;
            if ((await isGranted(instance, 's')) && startedAfter) wrong.push('granted');
          };
          const requesting = requests.map(async (delay, at) => {
            for (let turns = 0; turns < delay; turns++) await turn('a client waits');
            await request(at % 2 === 0 ? other : revoker);
          });
          const revoking = (async () => {
            await turn('the revocation starts');
            // The scheduler does not control the wait for acknowledgements.
            const answer = revoker.revocation.enforce(world.store.end('s'));
            isAnswered = (await answer) || isAnswered;
            await Promise.all([request(other), request(revoker)]);
          })();
          await scheduler.waitFor(Promise.all([...requesting, revoking]));
          await Promise.all([request(other), request(revoker), scheduler.waitAll()]);
          world.turn = async () => {};
          await world.stop();
          await scheduler.waitAll();
          expect(wrong).toEqual([]);
        },
      ),
      { numRuns: 30, interruptAfterTimeLimit: 9_000 },
    );
  });
});

describe('the simulated cluster', () => {
  it('has a shared cache that lies', async () => {
    const cache = new LyingCache(activeSnapshot);
    await cache.write([{ ...activeSnapshot('s'), status: 'revoked' }]);
    await cache.remove([]);
    expect((await cache.read(['s'])).get('s')?.status).toBe('active');
  });
});
