import { ManualClock } from '../../../test/support/manual-clock.js';
import { waitUntil } from '../../../test/support/wait-until.js';
import type { Bus, HeartbeatReceipt, PushReceipt } from './bus.js';
import { Lease } from './lease.js';
import { Membership } from './membership.js';

/** Beats often in real time; every duration that is judged is the manual clock's. */
const LEASE_MS = 30;

/** A server that holds the table of one instance and can lose it. */
class Table implements Bus {
  readonly instanceId = 'me';
  server = 'server-1';
  registered: number | null = null;
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

  const vouches = () => membership.isTableReliable(table.receipt(), clock.monotonic());
  const heartbeats = async (count: number) => {
    const from = table.sent.length;
    await waitUntil('heartbeats were sent', () => table.sent.length >= from + count, { everyMs: 1 });
    // Their answers are on their way in the same tick.
    await new Promise((resolve) => setImmediate(resolve));
  };
  const standFor = async (ms: number) => {
    membership.join();
    await heartbeats(1);
    clock.pass(ms);
  };

  it('vouches for the table once its registration has stood for a full lease', async () => {
    await standFor(LEASE_MS - 1);
    expect(vouches()).toBe(false);
    clock.pass(1);
    expect(vouches()).toBe(true);
  });

  it('vouches for nothing before it has registered', () => {
    expect(vouches()).toBe(false);
  });

  it('does not vouch for a table that was flushed', async () => {
    await standFor(LEASE_MS);
    table.registered = null;
    expect(vouches()).toBe(false);
  });

  it('begins anew after a flush that its next heartbeat tells of', async () => {
    await standFor(LEASE_MS);
    table.registered = null;
    await heartbeats(1);
    clock.pass(LEASE_MS - 1);
    expect(vouches()).toBe(false);
    clock.pass(1);
    expect(vouches()).toBe(true);
  });

  it('does not vouch after a flush that only a lost answer told of', async () => {
    await standFor(LEASE_MS);
    table.registered = null;
    table.answersAreLost = true;
    await heartbeats(1);
    expect(vouches()).toBe(false);
    table.answersAreLost = false;
    await heartbeats(1);
    expect(vouches()).toBe(false);
    clock.pass(LEASE_MS);
    expect(vouches()).toBe(true);
  });

  it('does not vouch for another server, whatever its table says', async () => {
    await standFor(LEASE_MS);
    table.server = 'server-2';
    expect(vouches()).toBe(false);
    await heartbeats(1);
    expect(vouches()).toBe(false);
  });

  it('does not vouch for a table that was rewound', async () => {
    await standFor(LEASE_MS);
    await heartbeats(2);
    table.registered = (table.registered ?? 0) - 1;
    expect(vouches()).toBe(false);
  });

  it('goes on vouching over a new subscription, which breaks no registration', async () => {
    await standFor(LEASE_MS);
    membership.leave();
    membership.join();
    await heartbeats(1);
    expect(vouches()).toBe(true);
  });

  it('holds no lease for a heartbeat that was answered and not heard', async () => {
    membership.join();
    await heartbeats(2);
    expect(lease.isLive()).toBe(false);
  });

  it('holds a lease from when the heartbeat that it heard was sent', async () => {
    membership.join();
    clock.pass(LEASE_MS - 2);
    membership.heard(1);
    expect(lease.isLive()).toBe(true);
    clock.pass(1);
    expect(lease.isLive()).toBe(false);
  });

  it.each([Number.NaN, 0, -1, 999])('takes no heartbeat that it has not sent: %d', (sequence) => {
    membership.join();
    membership.heard(sequence);
    expect(lease.isLive()).toBe(false);
  });

  it('holds no lease for a heartbeat of an earlier subscription', async () => {
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

  it('gives up its lease and sends nothing more when it leaves', async () => {
    membership.join();
    await heartbeats(1);
    membership.heard(1);
    membership.leave();
    expect(lease.isLive()).toBe(false);
    const { length } = table.sent;
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS));
    expect(table.sent).toHaveLength(length);
  });

  it('takes a new subscription when it has heard none of its heartbeats for two leases', async () => {
    membership.join();
    await heartbeats(1);
    clock.pass(2 * LEASE_MS);
    await heartbeats(1);
    expect(table.resubscribed).toBe(0);
    clock.pass(1);
    await waitUntil('it has resubscribed', () => table.resubscribed === 1, { everyMs: 1 });
  });

  it('keeps beating while the server answers nothing', async () => {
    table.answersAreLost = true;
    membership.join();
    await heartbeats(3);
    expect(new Set(table.sent).size).toBe(table.sent.length);
  });
});
