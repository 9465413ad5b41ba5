import { ManualClock } from '../testing/manual-clock.js';
import { instantOf } from './clock.js';
import { Lease } from './lease.js';
import { Trust } from './trust.js';

const LEASE_MS = 3_000;
const MAX_STALENESS_MS = 60_000;

describe('Trust', () => {
  let clock: ManualClock;
  let lease: Lease;
  let trust: Trust;

  beforeEach(() => {
    clock = new ManualClock();
    lease = new Lease(clock, LEASE_MS, 100);
    trust = new Trust(lease, clock, MAX_STALENESS_MS);
    lease.extend(instantOf(clock));
    trust.tailRead(clock.monotonic());
  });

  it('is given with a live lease and a recent tail', () => {
    expect(trust.mayUseCaches()).toBe(true);
  });

  it('is not given before the store has been read', () => {
    expect(new Trust(null, clock, MAX_STALENESS_MS).mayUseCaches()).toBe(false);
  });

  it('ends with the lease', () => {
    clock.pass(LEASE_MS);
    expect(trust.mayUseCaches()).toBe(false);
  });

  it('needs no lease where there is no other instance', () => {
    const alone = new Trust(null, clock, MAX_STALENESS_MS);
    alone.tailRead(clock.monotonic());
    expect([alone.mayUseCaches(), alone.isLeaseLive]).toEqual([true, true]);
  });

  it('ends when the store has not been read for longer than the limit', () => {
    const alone = new Trust(null, clock, MAX_STALENESS_MS);
    alone.tailRead(clock.monotonic());
    clock.pass(MAX_STALENESS_MS);
    expect(alone.mayUseCaches()).toBe(true);
    clock.pass(1);
    expect(alone.mayUseCaches()).toBe(false);
  });

  it('is not shortened by an earlier read that is answered late', () => {
    const earlier = clock.monotonic() - 5_000;
    trust.tailRead(earlier);
    expect(trust.tailAgeMs).toBe(0);
  });

  it('ends when a read has more pages, until a later one has only one', () => {
    const earlier = clock.monotonic() - 1;
    trust.tailIsBehind(clock.monotonic() + 1);
    expect([trust.mayUseCaches(), trust.remainingMs]).toEqual([false, 0]);
    trust.tailRead(earlier);
    expect(trust.mayUseCaches()).toBe(false);
    clock.pass(2);
    trust.tailRead(clock.monotonic());
    expect(trust.mayUseCaches()).toBe(true);
  });

  it('ends for good when the instance stops', () => {
    trust.stop();
    trust.tailRead(clock.monotonic());
    expect(trust.mayUseCaches()).toBe(false);
  });
});
