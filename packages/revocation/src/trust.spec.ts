import { ManualClock } from '../testing/manual-clock.js';
import { instantOf } from './clock.js';
import { EndedSet } from './ended-set.js';
import { Lease } from './lease.js';
import { Trust } from './trust.js';

const LEASE_MS = 3_000;
const MAX_STALENESS_MS = 60_000;

describe('Trust', () => {
  let clock: ManualClock;
  let lease: Lease;
  let endedSet: EndedSet;
  let trust: Trust;

  beforeEach(() => {
    clock = new ManualClock();
    lease = new Lease(clock, LEASE_MS, 100);
    endedSet = new EndedSet(1);
    trust = new Trust(lease, endedSet, clock, MAX_STALENESS_MS);
    lease.extend(instantOf(clock));
    trust.tailRead(clock.monotonic());
  });

  it('is given with a live lease, a recent tail and an ended set within its limit', () => {
    expect(trust.mayUseCaches()).toBe(true);
  });

  it('is not given before the store has been read', () => {
    expect(new Trust(null, endedSet, clock, MAX_STALENESS_MS).mayUseCaches()).toBe(false);
  });

  it('ends with the lease', () => {
    clock.pass(LEASE_MS);
    expect(trust.mayUseCaches()).toBe(false);
  });

  it('needs no lease where there is no other instance', () => {
    const alone = new Trust(null, endedSet, clock, MAX_STALENESS_MS);
    alone.tailRead(clock.monotonic());
    expect([alone.mayUseCaches(), alone.isLeaseLive]).toEqual([true, true]);
  });

  it('ends when the store has not been read for longer than the limit', () => {
    const alone = new Trust(null, endedSet, clock, MAX_STALENESS_MS);
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

  it('ends when the ended set is over its limit', () => {
    endedSet.add({ sessions: ['a', 'b'].map((sessionId) => ({ sessionId, reason: 'logout' })), cutOffs: [] });
    expect(trust.mayUseCaches()).toBe(false);
  });

  it('ends for good when the instance stops', () => {
    trust.stop();
    trust.tailRead(clock.monotonic());
    expect(trust.mayUseCaches()).toBe(false);
  });
});
