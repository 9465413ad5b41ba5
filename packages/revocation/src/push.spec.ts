import { ManualClock } from '../../../test/support/manual-clock.js';
import { waitUntil } from '../../../test/support/wait-until.js';
import type { Bus, HeartbeatReceipt, PushReceipt } from './bus.js';
import { Lease } from './lease.js';
import { Membership } from './membership.js';
import { Push } from './push.js';
import type { Revocations } from './session-store.js';

const LEASE_MS = 300;

const ends = (count: number, cutOffs = 0): Revocations => ({
  sessions: Array.from({ length: count }, (_, at) => ({ sessionId: `s${at}`, reason: 'logout' })),
  cutOffs: Array.from({ length: cutOffs }, (_, at) => ({ userId: `u${at}`, rolesVersion: 1 })),
});

/** A server whose answers and acknowledgements are the test's. */
class ScriptedBus implements Bus {
  readonly instanceId = 'me';
  readonly others = new Map<string, number>();
  readonly pushed: { pushId: string; ends: Revocations }[] = [];
  readonly forgotten: [string, number][] = [];
  onPush: (pushId: string) => void | Promise<void> = () => {};
  private sequence = 0;

  async heartbeat(sequence: number): Promise<HeartbeatReceipt> {
    const previous = this.sequence;
    this.sequence = sequence;
    return { previous, server: 'server' };
  }

  async push(pushId: string, pushed: Revocations): Promise<PushReceipt> {
    this.pushed.push({ pushId, ends: pushed });
    const registered = new Map([...this.others, ['me', this.sequence]]);
    await this.onPush(pushId);
    return { registered, server: 'server' };
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

  const start = async ({ hasStoodFor }: { hasStoodFor: number }) => {
    const clock = new ManualClock();
    bus = new ScriptedBus();
    membership = new Membership(bus, new Lease(clock, LEASE_MS, 1), clock);
    push = new Push(bus, membership, clock, LEASE_MS);
    membership.join();
    await new Promise((resolve) => setImmediate(resolve));
    clock.pass(hasStoodFor);
  };
  beforeEach(() => start({ hasStoodFor: LEASE_MS }));
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

  it('waits for nobody when it is alone', async () => {
    expect(await durationOf(push.send(ends(1)))).toBeLessThan(LEASE_MS / 2);
  });

  it('ends when the last of the others has acknowledged', async () => {
    bus.others.set('b', 4).set('c', 7);
    const sending = push.send(ends(1));
    await answered();
    const pushId = bus.pushed[0]?.pushId ?? '';
    push.acknowledged('b', pushId);
    push.acknowledged('b', pushId);
    push.acknowledged('nobody', pushId);
    push.acknowledged('c', 'another push');
    expect(await isPending(sending)).toBe(true);
    push.acknowledged('c', pushId);
    await sending;
    expect(bus.forgotten).toEqual([]);
  });

  it('counts an acknowledgement that is faster than the answer to the push', async () => {
    bus.others.set('b', 4);
    bus.onPush = (pushId) => push.acknowledged('b', pushId);
    expect(await durationOf(push.send(ends(1)))).toBeLessThan(LEASE_MS / 2);
  });

  it('waits one full lease for who does not acknowledge, and strikes off that registration only', async () => {
    bus.others.set('b', 4).set('c', 7);
    bus.onPush = (pushId) => push.acknowledged('c', pushId);
    expect(await durationOf(push.send(ends(1)))).toBeGreaterThanOrEqual(LEASE_MS - 5);
    expect(bus.forgotten).toEqual([['b', 4]]);
  });

  it('counts the lease from the answer to the push, not from its sending', async () => {
    bus.others.set('b', 4);
    bus.onPush = () => new Promise((resolve) => setTimeout(resolve, 200));
    expect(await durationOf(push.send(ends(1)))).toBeGreaterThanOrEqual(LEASE_MS + 190);
  });

  it('waits the full lease, whoever acknowledges, while its own registration is young', async () => {
    membership.leave();
    await start({ hasStoodFor: LEASE_MS - 1 });
    bus.others.set('b', 4);
    bus.onPush = (pushId) => push.acknowledged('b', pushId);
    expect(await durationOf(push.send(ends(1)))).toBeGreaterThanOrEqual(LEASE_MS - 5);
    expect(bus.forgotten).toEqual([]);
  });

  it('tells everything, in messages of a bounded size', async () => {
    await push.send(ends(1_201, 700));
    expect(bus.pushed.map(({ ends: { sessions, cutOffs } }) => [sessions.length, cutOffs.length])).toEqual([
      [500, 500],
      [500, 200],
      [201, 0],
    ]);
    expect(new Set(bus.pushed.flatMap((it) => it.ends.sessions.map(({ sessionId }) => sessionId))).size).toBe(
      1_201,
    );
    expect(new Set(bus.pushed.map(({ pushId }) => pushId)).size).toBe(3);
  });

  it('waits for the acknowledgement of every message', async () => {
    bus.others.set('b', 4);
    const sending = push.send(ends(501));
    await answered();
    push.acknowledged('b', bus.pushed[0]?.pushId ?? '');
    expect(await isPending(sending)).toBe(true);
    push.acknowledged('b', bus.pushed[1]?.pushId ?? '');
    await sending;
  });

  it('fails when one of its messages could not be sent', async () => {
    bus.onPush = () => {
      if (bus.pushed.length === 2) throw new Error('cut off');
    };
    await expect(push.send(ends(1_001))).rejects.toThrow('cut off');
  });
});
