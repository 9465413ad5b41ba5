import { ManualClock } from '../testing/manual-clock.js';
import { instantOf } from './clock.js';
import { Lease } from './lease.js';

const LEASE_MS = 3_000;
const MARGIN_MS = 100;

describe('Lease', () => {
  let clock: ManualClock;
  let lease: Lease;

  beforeEach(() => {
    clock = new ManualClock();
    lease = new Lease(clock, LEASE_MS, MARGIN_MS);
  });

  it('is not live before a heartbeat is heard', () => {
    expect(lease.isLive()).toBe(false);
  });

  it('runs from when the heartbeat was sent, less the margin', () => {
    const sentAt = instantOf(clock);
    clock.pass(1_000);
    lease.extend(sentAt);
    clock.pass(LEASE_MS - MARGIN_MS - 1_000 - 1);
    expect(lease.isLive()).toBe(true);
    clock.pass(1);
    expect(lease.isLive()).toBe(false);
  });

  it('is not shortened by an older heartbeat that is heard late', () => {
    const older = instantOf(clock);
    clock.pass(1_000);
    lease.extend(instantOf(clock));
    lease.extend(older);
    clock.pass(LEASE_MS - MARGIN_MS - 1);
    expect(lease.isLive()).toBe(true);
  });

  it('ends at once on request', () => {
    lease.extend(instantOf(clock));
    lease.end();
    expect(lease.isLive()).toBe(false);
  });

  it.each([300_000, -300_000])(
    'ends when the wall clock has jumped by %d ms, as after a pause of the machine',
    (ms) => {
      lease.extend(instantOf(clock));
      clock.jump(ms);
      expect(lease.isLive()).toBe(false);
      lease.extend(instantOf(clock));
      expect(lease.isLive()).toBe(true);
    },
  );

  it('is not extended by a heartbeat that waited in the buffers of a paused machine', () => {
    const sentAt = instantOf(clock);
    // The monotonic clock stood still, and revokers have long stopped waiting for this instance.
    clock.jump(60_000);
    lease.extend(sentAt);
    expect(lease.isLive()).toBe(false);
    lease.extend(instantOf(clock));
    expect(lease.isLive()).toBe(true);
  });
});
