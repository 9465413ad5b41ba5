import { setTimeout as sleep } from 'node:timers/promises';
import { ManualClock } from '../testing/manual-clock.js';
import { waitUntil } from '../testing/wait-until.js';
import type { Bus, HeartbeatReceipt, PushReceipt } from './bus.js';
import { Lease } from './lease.js';
import { Membership } from './membership.js';

/** Heartbeats follow real time; the durations under test follow the manual clock. */
const LEASE_MS = 30;

/** A server with a table of one instance, which it can lose. */
class Table implements Bus {
  readonly instanceId = 'me';
  server = 'server-1';
  registered: number | null = null;
  receivers = 1;
  resubscribed = 0;
  answersAreLost = false;
  sent: number[] = [];

  async heartbeat(sequence: number): Promise<HeartbeatReceipt> {
    const previous = this.registered;
    this.registered = sequence;
    this.sent.push(sequence);
    if (this.answersAreLost) throw new Error('no answer');
    return { previous, server: this.server };
  }

  receipt(): PushReceipt {
    return {
      registered: new Map(this.registered === null ? [] : [['me', this.registered]]),
      server: this.server,
      receivers: this.receivers,
    };
  }

  resubscribe(): void {
    this.resubscribed += 1;
  }

  start(): void {}
  async push(): Promise<PushReceipt> {
    return this.receipt();
  }
  async acknowledge(): Promise<void> {}
  async announceChange(): Promise<void> {}
  async answer(): Promise<void> {}
  async forget(): Promise<void> {}
  async stop(): Promise<void> {}
}

describe('Membership', () => {
  let clock: ManualClock;
  let table: Table;
  let lease: Lease;
  let membership: Membership;

  beforeEach(() => {
    clock = new ManualClock();
    table = new Table();
    lease = new Lease(clock, LEASE_MS, 1);
    membership = new Membership(table, lease, clock);
  });

  afterEach(() => membership.leave());

  const isReliable = () => membership.isTableReliable(table.receipt(), clock.monotonic());
  const heartbeats = async (count: number) => {
    const from = table.sent.length;
    await waitUntil('heartbeats were sent', () => table.sent.length >= from + count, { everyMs: 1 });
    // Their answers arrive in the same tick.
    await new Promise((resolve) => setImmediate(resolve));
  };
  const registeredFor = async (ms: number) => {
    membership.join();
    await heartbeats(1);
    clock.pass(ms);
  };

  it('relies on the table once its registration is a full lease old', async () => {
    await registeredFor(LEASE_MS - 1);
    expect(isReliable()).toBe(false);
    clock.pass(1);
    expect(isReliable()).toBe(true);
  });

  it('does not rely on the table before it has registered', () => {
    expect(isReliable()).toBe(false);
  });

  it('does not rely on a table that was flushed', async () => {
    await registeredFor(LEASE_MS);
    table.registered = null;
    expect(isReliable()).toBe(false);
  });

  it('waits for a full lease after a flush that its next heartbeat reports', async () => {
    await registeredFor(LEASE_MS);
    table.registered = null;
    await heartbeats(1);
    clock.pass(LEASE_MS - 1);
    expect(isReliable()).toBe(false);
    clock.pass(1);
    expect(isReliable()).toBe(true);
  });

  it('does not rely on the table after a flush that only a lost answer reported', async () => {
    await registeredFor(LEASE_MS);
    table.registered = null;
    table.answersAreLost = true;
    await heartbeats(1);
    expect(isReliable()).toBe(false);
    table.answersAreLost = false;
    await heartbeats(1);
    expect(isReliable()).toBe(false);
    clock.pass(LEASE_MS);
    expect(isReliable()).toBe(true);
  });

  it('does not rely on the table of another server', async () => {
    await registeredFor(LEASE_MS);
    table.server = 'server-2';
    expect(isReliable()).toBe(false);
    await heartbeats(1);
    expect(isReliable()).toBe(false);
  });

  it('does not rely on a table that was rewound', async () => {
    await registeredFor(LEASE_MS);
    await heartbeats(2);
    table.registered = (table.registered ?? 0) - 1;
    expect(isReliable()).toBe(false);
  });

  it('does not rely on a table from which an instance was removed', async () => {
    await registeredFor(LEASE_MS);
    table.receivers = 2;
    expect(isReliable()).toBe(false);
    table.receivers = 0;
    expect(isReliable()).toBe(true);
  });

  it('still relies on the table after a new subscription, which breaks no registration', async () => {
    await registeredFor(LEASE_MS);
    membership.leave();
    membership.join();
    await heartbeats(1);
    expect(isReliable()).toBe(true);
  });

  it('gets no lease from a heartbeat that was answered and not heard', async () => {
    membership.join();
    await heartbeats(2);
    expect(lease.isLive()).toBe(false);
  });

  it('counts the lease from when the heartbeat that it heard was sent', async () => {
    membership.join();
    clock.pass(LEASE_MS - 2);
    membership.heard(1);
    expect(lease.isLive()).toBe(true);
    clock.pass(1);
    expect(lease.isLive()).toBe(false);
  });

  it.each([Number.NaN, 0, -1, 999])('ignores a heartbeat that it has not sent: %d', (sequence) => {
    membership.join();
    membership.heard(sequence);
    expect(lease.isLive()).toBe(false);
  });

  it('gets no lease from a heartbeat of an earlier subscription', async () => {
    membership.join();
    await heartbeats(1);
    const earlier = [...table.sent];
    membership.leave();
    membership.join();
    for (const sequence of earlier) membership.heard(sequence);
    expect(lease.isLive()).toBe(false);
    membership.heard(table.sent.at(-1) ?? 0);
    expect(lease.isLive()).toBe(true);
  });

  it('ends its lease and its heartbeats when it leaves', async () => {
    membership.join();
    await heartbeats(1);
    membership.heard(1);
    membership.leave();
    expect(lease.isLive()).toBe(false);
    const { length } = table.sent;
    await sleep(LEASE_MS);
    expect(table.sent).toHaveLength(length);
  });

  it('subscribes again when it has heard none of its heartbeats for two leases', async () => {
    membership.join();
    await heartbeats(1);
    clock.pass(2 * LEASE_MS);
    await heartbeats(1);
    expect(table.resubscribed).toBe(0);
    clock.pass(1);
    await waitUntil('it has resubscribed', () => table.resubscribed === 1, { everyMs: 1 });
  });

  it('continues to send heartbeats while the server does not answer', async () => {
    table.answersAreLost = true;
    membership.join();
    await heartbeats(3);
    expect(new Set(table.sent).size).toBe(table.sent.length);
  });
});
