import fc from 'fast-check';
import {
  activeSnapshot,
  isGranted,
  LyingTier,
  MemoryBus,
  MemoryServer,
  MemoryStore,
  newRevocation,
} from '../../../test/support/revocation-world.js';
import { waitUntil } from '../../../test/support/wait-until.js';
import type { Revocation } from './revocation.js';

describe('Revocation', () => {
  let store: MemoryStore;
  let server: MemoryServer;
  let tier: LyingTier;
  let instances: { revocation: Revocation; bus: MemoryBus }[];

  beforeEach(() => {
    store = new MemoryStore();
    server = new MemoryServer();
    tier = new LyingTier();
    instances = [];
  });
  afterEach(() => Promise.all(instances.map(({ revocation }) => revocation.stop())));

  const start = async (options: Parameters<typeof newRevocation>[1] = {}) => {
    const bus = server.bus();
    const revocation = newRevocation({ store, bus, sharedCache: tier }, options);
    instances.push({ revocation, bus });
    await revocation.start();
    return { revocation, bus };
  };
  const trusting = async (options: Parameters<typeof newRevocation>[1] = {}) => {
    const instance = await start(options);
    await waitUntil('caches are trusted', () => instance.revocation.status().trustsCaches, { everyMs: 2 });
    return instance;
  };

  it('answers from memory in the same tick once it has read a session', async () => {
    const { revocation } = await trusting();
    expect(await isGranted(revocation, 's')).toBe(true);
    expect(revocation.find('s')).toMatchObject({ ended: null, snapshot: { sessionId: 's' } });
  });

  it('refuses on every instance once the answer is given, whatever the caches hold', async () => {
    const [a, b] = [await trusting(), await trusting()];
    tier.held.set('s', activeSnapshot('s'));
    expect([await isGranted(a.revocation, 's'), await isGranted(b.revocation, 's')]).toEqual([true, true]);
    expect(await a.revocation.enforce(store.end('s'))).toBe(true);
    expect([await isGranted(a.revocation, 's'), await isGranted(b.revocation, 's')]).toEqual([false, false]);
    expect(b.revocation.find('s')).toEqual({ ended: 'logout', snapshot: null });
  });

  it('lets every instance read a session again that has changed', async () => {
    const [a, b] = [await trusting(), await trusting()];
    for (const { revocation } of [a, b]) await isGranted(revocation, 's');
    expect(b.revocation.inMemory('s')).toBeDefined();
    await a.revocation.invalidate(['s', 'unknown']);
    expect(a.revocation.inMemory('s')).toBeUndefined();
    await waitUntil('the other has heard of it', () => b.revocation.inMemory('s') === undefined, {
      everyMs: 2,
    });
  });

  it('is not kept from a change by others that cannot be reached', async () => {
    const [a, b] = [await trusting(), await trusting()];
    for (const { revocation } of [a, b]) await isGranted(revocation, 's');
    a.bus.isCutOff = true;
    await a.revocation.invalidate(['s']);
    expect(a.revocation.inMemory('s')).toBeUndefined();
    expect(b.revocation.inMemory('s')).toBeDefined();
  });

  it('ends again what a store that failed over to a lagging copy has lost', async () => {
    const a = await trusting();
    await trusting();
    expect(await a.revocation.enforce(store.end('s', 'terminated'))).toBe(true);
    await a.revocation.stop();
    store.failOverWithout('s');
    expect((await store.load(['s'])).get('s')?.status).toBe('active');
    await waitUntil(
      'it has ended again',
      async () => (await store.load(['s'])).get('s')?.status === 'revoked',
    );
    expect((await store.load(['s'])).get('s')?.endedReason).toBe('terminated');
  });

  it('waits with that until the copy can be written to', async () => {
    const { revocation } = await trusting();
    await revocation.enforce(store.end('s'));
    const tried = new Promise<void>((resolve) => {
      store.refuseToEndAgain = resolve;
    });
    store.failOverWithout('s');
    await tried;
    expect((await store.load(['s'])).get('s')?.status).toBe('active');
    store.refuseToEndAgain = null;
    await waitUntil(
      'it has ended again',
      async () => (await store.load(['s'])).get('s')?.status === 'revoked',
    );
  });

  it('changes nothing by a fill that was read before the revoke and comes after it', async () => {
    const { revocation } = await trusting();
    let letBack = () => {};
    store.turn = (label) =>
      label === 'a read comes back' ? new Promise((resolve) => (letBack = resolve)) : Promise.resolve();
    const before = isGranted(revocation, 's');
    await waitUntil('the read is out', () => store.loads === 1, { everyMs: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await revocation.enforce(store.end('s'))).toBe(true);
    store.turn = async () => {};
    letBack();
    expect(await before).toBe(false);
    expect(await isGranted(revocation, 's')).toBe(false);
  });

  it('trusts no cache before the ends of before are read', async () => {
    store.end('s');
    tier.held.set('s', activeSnapshot('s'));
    const held: (() => void)[] = [];
    const { revocation } = await start();
    store.turn = (label) =>
      label === 'the tail comes back' ? new Promise((resolve) => held.push(resolve)) : Promise.resolve();
    server.cut(instances[0]?.bus.instanceId ?? '');
    instances[0]?.bus.resubscribe();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(revocation.status().trustsCaches).toBe(false);
    expect(await isGranted(revocation, 's')).toBe(false);
    store.turn = async () => {};
    for (const letBack of held) letBack();
    await waitUntil('caches are trusted', () => revocation.status().trustsCaches);
    expect(await isGranted(revocation, 's')).toBe(false);
  });

  it('trusts no cache after a new subscription while the store is away', async () => {
    const { revocation, bus } = await trusting();
    store.isAway = true;
    bus.resubscribe();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(revocation.status().trustsCaches).toBe(false);
    store.isAway = false;
    await waitUntil('caches are trusted', () => revocation.status().trustsCaches);
  });

  it('trusts no cache once its subscription is silently dead', async () => {
    const { revocation, bus } = await trusting();
    server.silence(bus.instanceId);
    await waitUntil('the lease has run out', () => !revocation.status().trustsCaches);
    // It finds out by itself.
    await waitUntil('it has subscribed anew', () => revocation.status().trustsCaches);
  });

  it('waits for the lease of an instance that hears nothing, which then grants nothing', async () => {
    const [a, b] = [await trusting(), await trusting()];
    expect(await isGranted(b.revocation, 's')).toBe(true);
    server.silence(b.bus.instanceId);
    expect(await a.revocation.enforce(store.end('s'))).toBe(true);
    expect(await isGranted(b.revocation, 's')).toBe(false);
  });

  it('waits for who holds a lease after a flush has wiped it from the table', async () => {
    const [a, b] = [await trusting(), await trusting()];
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await isGranted(b.revocation, 's')).toBe(true);
    server.table.clear();
    server.silence(b.bus.instanceId);
    expect(await a.revocation.enforce(store.end('s'))).toBe(true);
    expect(await isGranted(b.revocation, 's')).toBe(false);
  });

  it('says that it could not confirm an end while it is cut off', async () => {
    const { revocation, bus } = await trusting();
    bus.isCutOff = true;
    expect(await revocation.enforce(store.end('s'))).toBe(false);
    expect(await isGranted(revocation, 's')).toBe(false);
  });

  it('takes the confirmation of another for its own while it is cut off', async () => {
    const { revocation, bus } = await trusting();
    bus.isCutOff = true;
    const ends = store.end('s');
    const enforcing = revocation.enforce(ends);
    await store.confirm(ends);
    expect(await enforcing).toBe(true);
  });

  it('trusts no cache when more has ended than it may remember, and forgets nothing', async () => {
    const { revocation } = await trusting({ endedSetSize: 3 });
    for (const id of ['a', 'b', 'c', 'd']) await revocation.enforce(store.end(id));
    expect(revocation.status().trustsCaches).toBe(false);
    expect(revocation.find('a')).toEqual({ ended: 'logout', snapshot: null });
    expect(await isGranted(revocation, 's')).toBe(true);
  });

  it('fails rather than trusting a cache for longer than it may without the store', async () => {
    const { revocation } = await trusting({ maxStalenessMs: 200 });
    expect(await isGranted(revocation, 's')).toBe(true);
    store.isAway = true;
    await waitUntil('the store is asked', () => !revocation.status().trustsCaches);
    await expect(isGranted(revocation, 's')).rejects.toThrow('away');
  });

  it.each([true, false])('trusts no cache once it has stopped (with others: %s)', async (hasOthers) => {
    const revocation = newRevocation({ store, bus: hasOthers ? server.bus() : null, sharedCache: null });
    await revocation.start();
    await waitUntil('caches are trusted', () => revocation.status().trustsCaches);
    await revocation.stop();
    expect(revocation.status().trustsCaches).toBe(false);
  });

  it('finds an end that nobody pushed', async () => {
    const { revocation } = await trusting();
    expect(await isGranted(revocation, 's')).toBe(true);
    store.end('s', 'unspecified');
    await waitUntil('it is refused', async () => !(await isGranted(revocation, 's')));
    expect(revocation.find('s')).toEqual({ ended: 'unspecified', snapshot: null });
  });

  it('grants no request that starts after the answer, however reads, fills, messages and tails interleave', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        fc.boolean(),
        async (scheduler, requests, isPoisoned, isMature) => {
          const world = { store: new MemoryStore(), server: new MemoryServer(), tier: new LyingTier() };
          const pair = [0, 1].map(() =>
            newRevocation(
              { store: world.store, bus: world.server.bus(), sharedCache: world.tier },
              { leaseMs: 60, leaseMarginMs: 5 },
            ),
          );
          const [revoker, other] = pair as [Revocation, Revocation];
          if (isPoisoned) world.tier.held.set('s', activeSnapshot('s'));
          await Promise.all(pair.map((it) => it.start()));
          await waitUntil('both trust', () => pair.every((it) => it.status().trustsCaches), { everyMs: 1 });

          // With and without the right to the short wait.
          if (isMature) await new Promise((resolve) => setTimeout(resolve, 80));
          const turn = (label: string) => scheduler.schedule(Promise.resolve(), label).then(() => {});
          for (const part of [world.store, world.server, world.tier]) part.turn = turn;
          const wrong: string[] = [];
          let isAnswered = false;
          const ask = async (instance: Revocation) => {
            const startedAfter = isAnswered;
            if ((await isGranted(instance, 's')) && startedAfter) wrong.push('granted');
          };
          const asking = requests.map(async (delay, at) => {
            for (let turns = 0; turns < delay; turns++) await turn('a client waits');
            await ask(at % 2 === 0 ? other : revoker);
          });
          const revoking = (async () => {
            await turn('the revoke comes');
            // Its wait is not the scheduler's: the push is answered when everybody has acknowledged.
            const answer = revoker.enforce(world.store.end('s'));
            isAnswered = (await answer) || isAnswered;
            await Promise.all([ask(other), ask(revoker)]);
          })();
          const work = Promise.all([...asking, revoking]);
          await scheduler.waitFor(work);
          await Promise.all([ask(other), ask(revoker), scheduler.waitAll()]);
          for (const part of [world.store, world.server, world.tier]) part.turn = async () => {};
          await Promise.all(pair.map((it) => it.stop()));
          await scheduler.waitAll();
          expect(wrong).toEqual([]);
        },
      ),
      { numRuns: 30, interruptAfterTimeLimit: 9_000 },
    );
  });
});
