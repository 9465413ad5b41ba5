import { setTimeout as sleep } from 'node:timers/promises';
import { ManualClock } from '../testing/manual-clock.js';
import { waitUntil } from '../testing/wait-until.js';
import type { Bus, HeartbeatReceipt, PushReceipt } from './bus.js';
import { Lease } from './lease.js';
import { Membership } from './membership.js';
import { NO_OBSERVER } from './observer.js';
import { Push } from './push.js';
import type { Revocations } from './session-store.js';

const LEASE_MS = 300;

const revocations = (count: number, cutOffs = 0): Revocations => ({
  sessions: Array.from({ length: count }, (_, at) => ({ sessionId: `s${at}`, reason: 'logout' })),
  cutOffs: Array.from({ length: cutOffs }, (_, at) => ({ userId: `u${at}`, rolesVersion: 1 })),
});

/** A server whose answers and acknowledgements come from the test. */
class ScriptedBus implements Bus {
  readonly instanceId = 'me';
  readonly others = new Map<string, number>();
  readonly pushed: { pushId: string; revocations: Revocations }[] = [];
  readonly forgotten: [string, number][] = [];
  onPush: (pushId: string) => void | Promise<void> = () => {};
  private sequence = 0;

  async heartbeat(sequence: number): Promise<HeartbeatReceipt> {
    const previous = this.sequence;
    this.sequence = sequence;
    return { previous, server: 'server' };
  }

  async push(pushId: string, pushed: Revocations): Promise<PushReceipt> {
    this.pushed.push({ pushId, revocations: pushed });
    const registered = new Map([...this.others, ['me', this.sequence]]);
    await this.onPush(pushId);
    return { registered, server: 'server', receivers: registered.size };
  }

  async forget(instanceId: string, sequence: number): Promise<void> {
    this.forgotten.push([instanceId, sequence]);
  }

  start(): void {}
  async acknowledge(): Promise<void> {}
  async announceChange(): Promise<void> {}
  async answer(): Promise<void> {}
  resubscribe(): void {}
  async stop(): Promise<void> {}
}

describe('Push', () => {
  let bus: ScriptedBus;
  let membership: Membership;
  let push: Push;
  let awaited: number;

  const start = async ({ registeredForMs }: { registeredForMs: number }) => {
    const clock = new ManualClock();
    bus = new ScriptedBus();
    membership = new Membership(bus, new Lease(clock, LEASE_MS, 1), clock);
    awaited = 0;
    push = new Push(bus, membership, clock, LEASE_MS, {
      ...NO_OBSERVER,
      awaiting: (instances) => {
        awaited += instances;
      },
    });
    membership.join();
    await new Promise((resolve) => setImmediate(resolve));
    clock.pass(registeredForMs);
  };
  beforeEach(() => start({ registeredForMs: LEASE_MS }));
  afterEach(() => membership.leave());

  const durationOf = async (work: Promise<unknown>) => {
    const startedAt = performance.now();
    await work;
    return performance.now() - startedAt;
  };
  /** Resolves as soon as the push has been sent and answered. */
  const answered = async () => {
    await waitUntil('the push was sent', () => bus.pushed.length > 0, { everyMs: 1 });
    await new Promise((resolve) => setImmediate(resolve));
  };
  const isPending = async (work: Promise<unknown>) =>
    (await Promise.race([
      work.then(() => 'done'),
      new Promise((resolve) => setImmediate(resolve, 'pending')),
    ])) === 'pending';

  it('does not wait when there is no other instance', async () => {
    expect(await durationOf(push.send(revocations(1)))).toBeLessThan(LEASE_MS / 2);
  });

  it('returns when the last of the others has acknowledged', async () => {
    bus.others.set('b', 4).set('c', 7);
    const sending = push.send(revocations(1));
    await answered();
    const pushId = bus.pushed[0]?.pushId ?? '';
    push.acknowledged('b', pushId);
    push.acknowledged('b', pushId);
    push.acknowledged('unknown', pushId);
    push.acknowledged('c', 'another push');
    expect(await isPending(sending)).toBe(true);
    push.acknowledged('c', pushId);
    await sending;
    expect(bus.forgotten).toEqual([]);
  });

  it('counts an acknowledgement that arrives before the answer to the push', async () => {
    bus.others.set('b', 4);
    bus.onPush = (pushId) => push.acknowledged('b', pushId);
    expect(await durationOf(push.send(revocations(1)))).toBeLessThan(LEASE_MS / 2);
  });

  it('waits one full lease for an instance that does not acknowledge, and removes only that one', async () => {
    bus.others.set('b', 4).set('c', 7);
    bus.onPush = (pushId) => push.acknowledged('c', pushId);
    expect(await durationOf(push.send(revocations(1)))).toBeGreaterThanOrEqual(LEASE_MS - 5);
    expect(bus.forgotten).toEqual([['b', 4]]);
  });

  it('counts the lease from the answer to the push, not from when it was sent', async () => {
    bus.others.set('b', 4);
    bus.onPush = () => sleep(200);
    expect(await durationOf(push.send(revocations(1)))).toBeGreaterThanOrEqual(LEASE_MS + 190);
  });

  it('waits a full lease despite all acknowledgements while its own registration is young', async () => {
    membership.leave();
    await start({ registeredForMs: LEASE_MS - 1 });
    bus.others.set('b', 4);
    bus.onPush = (pushId) => push.acknowledged('b', pushId);
    expect(await durationOf(push.send(revocations(1)))).toBeGreaterThanOrEqual(LEASE_MS - 5);
    expect(bus.forgotten).toEqual([]);
  });

  it('sends everything, in messages of limited size', async () => {
    await push.send(revocations(1_201, 700));
    expect(
      bus.pushed.map(({ revocations: { sessions, cutOffs } }) => [sessions.length, cutOffs.length]),
    ).toEqual([
      [500, 500],
      [500, 200],
      [201, 0],
    ]);
    expect(
      new Set(bus.pushed.flatMap((it) => it.revocations.sessions.map(({ sessionId }) => sessionId))).size,
    ).toBe(1_201);
    expect(new Set(bus.pushed.map(({ pushId }) => pushId)).size).toBe(3);
  });

  it('waits for the acknowledgement of every message', async () => {
    bus.others.set('b', 4);
    const sending = push.send(revocations(501));
    await answered();
    push.acknowledged('b', bus.pushed[0]?.pushId ?? '');
    expect(await isPending(sending)).toBe(true);
    push.acknowledged('b', bus.pushed[1]?.pushId ?? '');
    await sending;
  });

  it('reports which instances have acknowledged', async () => {
    bus.others.set('b', 4).set('c', 7);
    bus.onPush = (pushId) => push.acknowledged('b', pushId);
    const sending = push.send(revocations(1));
    await answered();
    push.acknowledged('c', bus.pushed[0]?.pushId ?? '');
    expect(await sending).toEqual({ by: 'me', how: 'acknowledged', acknowledgedBy: ['b', 'c'] });
  });

  it('reports a lease that had to pass for one of several messages', async () => {
    bus.others.set('b', 4);
    const sending = push.send(revocations(501));
    await answered();
    push.acknowledged('b', bus.pushed[0]?.pushId ?? '');
    expect(await sending).toEqual({ by: 'me', how: 'lease_passed', acknowledgedBy: [] });
  });

  it('reports how many acknowledgements are awaited', async () => {
    bus.others.set('b', 4).set('c', 7);
    const sending = push.send(revocations(1));
    await answered();
    expect(awaited).toBe(2);
    push.acknowledged('b', bus.pushed[0]?.pushId ?? '');
    expect(awaited).toBe(1);
    await sending;
    expect(awaited).toBe(0);
  });

  it('fails when one of its messages cannot be sent', async () => {
    bus.onPush = () => {
      if (bus.pushed.length === 2) throw new Error('cut off');
    };
    await expect(push.send(revocations(1_001))).rejects.toThrow('cut off');
  });
});
