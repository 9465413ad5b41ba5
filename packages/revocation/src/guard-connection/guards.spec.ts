import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { SimulatedCluster, simulatedInstance } from '../../testing/simulated-cluster.js';
import { guardSubject, SimulatedGuard } from '../../testing/simulated-guard.js';
import { TEST_MODEL } from '../../testing/test-session.js';
import { AT_ONCE, HeldSteps } from '../../testing/turn.js';
import { waitUntil } from '../../testing/wait-until.js';
import type { GuardLinkOptions } from './guard-link.js';
import type { GuardParent } from './guard-parent.js';

const LEASE_MS = 300;

describe('Guards of instances', () => {
  let cluster: SimulatedCluster;
  const guards: SimulatedGuard[] = [];

  beforeEach(() => {
    cluster = new SimulatedCluster();
  });
  afterEach(async () => {
    await Promise.all(guards.splice(0).map(({ link }) => link.stop()));
    await cluster.stop();
  });

  /** Instances whose registration may be relied on, so that a push waits for nothing but acknowledgements. */
  const pair = async () => {
    const instances = [await cluster.startTrusting(), await cluster.startTrusting()] as const;
    await sleep(LEASE_MS + 20);
    return instances;
  };
  const guardOf = (parents: (GuardParent | null)[], options: Partial<GuardLinkOptions> = {}) => {
    const guard = new SimulatedGuard(parents, options);
    guards.push(guard);
    return guard.start();
  };

  it('refuse a session before its revoke is answered, on the instance that revokes and on any other', async () => {
    const [a, b] = await pair();
    const [below, beyond] = [await guardOf([a.guards]), await guardOf([b.guards])];
    await waitUntil('both grant it', () => below.grants('s') && beyond.grants('s'));
    expect(await a.revocation.enforce(cluster.store.end('s', 'terminated'))).toBe(true);
    for (const { link } of [below, beyond]) {
      expect(link.judge(guardSubject('s'))).toEqual({ state: 'ended', reason: 'terminated' });
    }
  });

  it('hear of the end before the revoke is answered, so that streams are closed', async () => {
    const [a, b] = await pair();
    const guard = await guardOf([b.guards]);
    await a.revocation.enforce(cluster.store.end('s'));
    expect(guard.ends).toContainEqual({
      sessions: [{ sessionId: 's', reason: 'logout' }],
      cutOffs: [],
      changed: [],
    });
  });

  it('have every recent end before they hold their first lease', async () => {
    const { revocation, guards: parent } = await cluster.startTrusting();
    for (let at = 0; at < 900; at += 1) await revocation.enforce(cluster.store.end(`s${at}`));
    await revocation.enforce(cluster.store.cutOffSessions('user'));
    const guard = await guardOf([parent]);
    expect([guard.grants('s0'), guard.grants('s899')]).toEqual([false, false]);
    expect(guard.link.judge(guardSubject('other'))).toEqual({ state: 'ask' });
    const later = guardSubject('other', { sessionEpoch: 1 });
    await waitUntil('a later token is accepted', () => guard.link.judge(later).state === 'active');
  });

  it('hear of ends that their parent learns from the store', async () => {
    const { guards: parent } = await cluster.startTrusting();
    const guard = await guardOf([parent]);
    cluster.store.end('s', 'operator');
    await waitUntil('it is refused', () => guard.link.judge(guardSubject('s')).state === 'ended');
  });

  it('hear of an end that their parent learns by reading the session', async () => {
    const { sessions, guards: parent } = await cluster.startTrusting();
    const guard = await guardOf([parent]);
    cluster.store.end('s', 'operator');
    await sessions.findFresh('s');
    await parent.inForce();
    expect(guard.link.judge(guardSubject('s'))).toEqual({ state: 'ended', reason: 'operator' });
  });

  describe('that do not acknowledge', () => {
    it('are waited for until their lease has passed', async () => {
      const [a, b] = await pair();
      const guard = await guardOf([b.guards]);
      guard.wire.silence();
      expect(await a.revocation.enforce(cluster.store.end('s'))).toBe(true);
      expect(guard.grants('s')).toBe(false);
    });

    it('are waited for when their connection is lost', async () => {
      const [{ revocation, guards: parent }] = await pair();
      const guard = await guardOf([parent]);
      guard.wire.parents = [null];
      guard.wire.cut();
      await waitUntil('the parent notices', () => parent.connected().size === 0);
      expect(await revocation.enforce(cluster.store.end('s'))).toBe(true);
      expect(guard.grants('s')).toBe(false);
    });

    it('are waited for although the same guard has acknowledged on a new connection', async () => {
      const [{ revocation, guards: parent }] = await pair();
      const old = await guardOf([parent]);
      old.wire.silence();
      const other = await guardOf([parent]);
      await revocation.enforce(cluster.store.end('s'));
      expect([old.grants('s'), other.grants('s')]).toEqual([false, false]);
    });

    it('are not waited for longer because they held a lease from another parent before', async () => {
      const [a, b] = await pair();
      const guard = await guardOf([a.guards, b.guards]);
      guard.wire.cut();
      await waitUntil('it is connected to the other', () => b.guards.connected().size === 1);
      await a.revocation.enforce(cluster.store.end('s'));
      expect(guard.grants('s')).toBe(false);
    });
  });

  it('are waited for when an overdue revocation is pushed again and confirmed', async () => {
    const [a, b] = await pair();
    const guard = await guardOf([b.guards]);
    guard.wire.silence();
    cluster.store.end('s');
    cluster.store.backdate('s', 2_000);
    await waitUntil('it is confirmed', () => cluster.store.confirmations.length > 0);
    expect(guard.grants('s')).toBe(false);
    expect(a.revocation.reasonOfEnd('s')).toBe('logout');
  });

  it('get no lease from an instance that may not trust its caches', async () => {
    const { bus, revocation, guards: parent } = await cluster.startTrusting();
    bus.isCutOff = true;
    await waitUntil('the lease has run out', () => !revocation.status().trustsCaches);
    const guard = new SimulatedGuard([parent]);
    guards.push(guard);
    guard.link.start();
    await waitUntil('a pong', () => guard.wire.received.some((text) => text.includes('"pong"')));
    expect(guard.wire.received.filter((text) => text.includes('"pong"'))).toContain(
      '{"type":"pong","n":1,"r":0}',
    );
    expect(guard.link.mayTrust()).toBe(false);
  });

  it('get no longer lease than the rest of what their parent has', async () => {
    const { guards: parent, revocation } = await cluster.startTrusting({ maxStalenessMs: 500 });
    cluster.store.isAway = true;
    const guard = await guardOf([parent]);
    await waitUntil('the parent asks the store', () => !revocation.status().trustsCaches, { everyMs: 1 });
    expect(guard.link.mayTrust()).toBe(false);
    await waitUntil('it has noticed', () => guard.trustLost === 1);
  });

  describe('without a lease', () => {
    it('ask, and the parent decides', async () => {
      const { bus, guards: parent } = await cluster.startTrusting();
      const asked: string[] = [];
      parent.answerWith({
        decide: async ({ sessionId }) => {
          asked.push(sessionId);
          return sessionId === 'good' ? { state: 'active' } : { state: 'ended', reason: 'logout' };
        },
        used() {},
      });
      const guard = await guardOf([parent]);
      bus.isCutOff = true;
      await waitUntil('the lease has run out', () => !guard.link.mayTrust());
      expect(await Promise.all([guard.isGranted('good'), guard.isGranted('bad')])).toEqual([true, false]);
      expect(asked).toEqual(['good', 'bad']);
    });

    it('grant nothing when no parent can be reached', async () => {
      const { guards: parent } = await cluster.startTrusting();
      const guard = await guardOf([parent]);
      guard.wire.parents = [null];
      guard.wire.cut();
      await waitUntil('the lease has run out', () => !guard.link.mayTrust());
      expect((await guard.link.ask(guardSubject('s'))).state).toBe('unavailable');
    });

    it('do not believe an answer that is older than the end', async () => {
      const { revocation, guards: parent } = await cluster.startTrusting();
      const deciding = new HeldSteps('deciding');
      parent.answerWith({
        decide: async () => {
          await deciding.turn('deciding');
          return { state: 'active' };
        },
        used() {},
      });
      const guard = await guardOf([parent]);
      const asking = guard.link.ask(guardSubject('s'));
      await waitUntil('it is asked', () => deciding.count === 1);
      await revocation.enforce(cluster.store.end('s'));
      deciding.release();
      expect(await asking).toEqual({ state: 'ended', reason: 'logout' });
    });
  });

  it('ask about a session that has changed until it is accepted again', async () => {
    const { sessions, guards: parent } = await cluster.startTrusting();
    let state: 'needs_login' | 'active' = 'needs_login';
    parent.answerWith({ decide: async () => ({ state }), used() {} });
    const guard = await guardOf([parent]);
    await sessions.invalidate(['s']);
    await waitUntil('it asks', () => !guard.grants('s'));
    expect(await guard.isGranted('s')).toBe(false);
    state = 'active';
    expect(await guard.isGranted('s')).toBe(true);
    await waitUntil('it grants without asking', () => guard.grants('s'));
  });

  describe('whose parent shuts down', () => {
    it('take a lease from another parent, and keep granting meanwhile', async () => {
      // Long enough that a busy machine does not make it run out.
      const lease = { leaseMs: 10_000 };
      const [a, b] = [await cluster.startTrusting(lease), await cluster.startTrusting(lease)];
      const guard = await guardOf([a.guards, b.guards]);
      await a.revocation.stop();
      expect(guard.grants('s')).toBe(true);
      expect(guard.trustLost).toBe(0);
    });

    it('are waited for until their lease has run out when there is no other parent', async () => {
      const { revocation, guards: parent } = await cluster.startTrusting();
      const guard = await guardOf([parent]);
      guard.wire.parents = [null];
      await revocation.stop();
      expect(guard.grants('s')).toBe(false);
      await waitUntil('it has noticed', () => guard.trustLost === 1);
    });

    it('are still counted by revokers until it has left', async () => {
      const [a, b] = await pair();
      const guard = await guardOf([a.guards]);
      guard.wire.silence();
      const stopping = a.revocation.stop();
      await b.revocation.enforce(cluster.store.end('s'));
      expect(guard.grants('s')).toBe(false);
      await stopping;
    });
  });

  it('are not waited for once they have said goodbye', async () => {
    const { guards: parent } = await cluster.startTrusting({ leaseMs: 60_000 });
    const guard = await guardOf([parent]);
    await guard.link.stop();
    cluster.store.end('s');
    await parent.inForce();
    expect(guard.grants('s')).toBe(false);
  });

  it('may hold leases from the predecessor of an instance without others, which waits for them', async () => {
    const { store } = cluster;
    const alone = () => simulatedInstance({ store, bus: null, sharedCache: null, model: TEST_MODEL });
    const predecessor = alone();
    await predecessor.revocation.start();
    const guard = await guardOf([predecessor.guards]);
    // It crashes: nothing is said, and nobody remembers.
    guard.wire.parents = [null];
    guard.wire.cut();
    const successor = alone();
    await successor.revocation.start();
    await successor.revocation.enforce(store.end('s'));
    expect(guard.grants('s')).toBe(false);
    await Promise.all([predecessor.revocation.stop(), successor.revocation.stop()]);
  });

  it('connect again when their parent falls silent, before their lease has run out', async () => {
    const lease = { leaseMs: 6_000 };
    const [a, b] = [await cluster.startTrusting(lease), await cluster.startTrusting(lease)];
    const guard = await guardOf([a.guards, b.guards]);
    guard.wire.silence();
    await waitUntil('it has another parent', () => b.guards.connected().size === 1);
    expect([guard.trustLost, guard.grants('s')]).toEqual([0, true]);
  });

  it('are disconnected when they send no ping', async () => {
    const { guards: parent } = await cluster.startTrusting();
    const guard = await guardOf([parent]);
    guard.wire.parents = [null];
    guard.wire.silence();
    await waitUntil('the parent gives up', () => parent.connected().size === 0);
    expect(guard.wire.closed.at(-1)?.code).toBe(4006);
  });

  it('report uses, with the client when it is new for the session', async () => {
    const { guards: parent } = await cluster.startTrusting();
    const reported: unknown[] = [];
    parent.answerWith({ decide: async () => ({ state: 'active' }), used: (uses) => reported.push(...uses) });
    const guard = await guardOf([parent]);
    guard.link.noteUse(guard.link.useOf('s'), 3, '192.0.2.1', 'Firefox');
    await waitUntil('it is reported', () => reported.length === 1);
    expect(reported[0]).toMatchObject({
      sessionId: 's',
      generation: 3,
      address: '192.0.2.1',
      userAgent: 'Firefox',
    });
    guard.link.noteUse(guard.link.useOf('s'), 4, '192.0.2.1', 'Firefox');
    await waitUntil('it is reported', () => reported.length === 2);
    expect(reported[1]).toEqual({ sessionId: 's', generation: 4, agoMs: expect.any(Number) });
  });

  it('refuse the session after the revoke was answered, in whatever order messages arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 8 }),
        fc.nat({ max: 3 }),
        async (scheduler, requests, cutAfter) => {
          const world = new SimulatedCluster();
          const lease = { leaseMs: 60, leaseMarginMs: 5 };
          const [revoker, other] = [await world.startTrusting(lease), await world.startTrusting(lease)];
          const below = [revoker, other].map((it) => new SimulatedGuard([it.guards]));
          await Promise.all(below.map((guard) => guard.start()));
          const turn = (label: string) => scheduler.schedule(Promise.resolve(), label).then(() => {});
          world.turn = turn;
          for (const { wire } of below) wire.turn = turn;
          const wrong: string[] = [];
          let isAnswered = false;
          const request = (at: number) => {
            if (isAnswered && below[at % 2]?.grants('s')) wrong.push(`guard ${at % 2} granted`);
          };
          const requesting = requests.map(async (delay, at) => {
            for (let turns = 0; turns < delay; turns++) await turn('a client waits');
            request(at);
          });
          const cutting = (async () => {
            for (let turns = 0; turns < cutAfter; turns++) await turn('the network waits');
            below[1]?.wire.cut();
          })();
          const revoking = (async () => {
            await turn('the revocation starts');
            isAnswered = await revoker.revocation.enforce(world.store.end('s'));
            for (const at of [0, 1]) request(at);
          })();
          await scheduler.waitFor(Promise.all([...requesting, revoking, cutting]));
          for (const at of [0, 1]) request(at);
          world.turn = AT_ONCE;
          for (const { wire } of below) wire.turn = AT_ONCE;
          const stopping = Promise.all([...below.map(({ link }) => link.stop()), world.stop()]);
          await scheduler.waitAll();
          await stopping;
          expect(wrong).toEqual([]);
        },
      ),
      { numRuns: 30, interruptAfterTimeLimit: 9_000 },
    );
  });
});
