import { setTimeout as sleep } from 'node:timers/promises';
import { ManualClock } from '../testing/manual-clock.js';
import { MemoryStore } from '../testing/memory-store.js';
import { activeSnapshot } from '../testing/test-session.js';
import { HeldSteps } from '../testing/turn.js';
import { waitUntil } from '../testing/wait-until.js';
import { EndedSet } from './ended-set.js';
import type { RecentRevocations } from './session-store.js';
import { StoreClock } from './store-clock.js';
import { Tail } from './tail.js';
import { Trust } from './trust.js';

const WINDOW_MS = 1_500_000;
const OVERLAP_MS = 10_000;

describe('Tail', () => {
  let clock: ManualClock;
  let store: MemoryStore<ReturnType<typeof activeSnapshot>>;
  let storeClock: StoreClock;
  let trust: Trust;
  let tail: Tail;
  let take: (recent: RecentRevocations) => void;

  beforeEach(() => {
    clock = new ManualClock();
    store = new MemoryStore(activeSnapshot);
    storeClock = new StoreClock(clock);
    trust = new Trust(null, new EndedSet(10), clock, 60_000);
    take = () => {};
    tail = new Tail(store, clock, storeClock, trust, WINDOW_MS, (recent) => take(recent));
  });
  afterEach(() => tail.stop());

  const nextRead = async () => {
    const { length } = store.windows;
    tail.follow();
    await waitUntil('the store is read', () => store.windows.length > length);
    return store.windows[length];
  };

  it('reads the whole window first', async () => {
    await tail.readAll();
    expect(store.windows).toEqual([WINDOW_MS]);
  });

  it('then reads the time since its last read, and an overlap for transactions that commit late', async () => {
    await tail.readAll();
    clock.pass(1_000);
    expect(await nextRead()).toBe(1_000 + OVERLAP_MS);
  });

  it('reads everything since its last good read after the store was away, up to the whole window', async () => {
    await tail.readAll();
    store.isAway = true;
    clock.pass(1_000);
    expect(await nextRead()).toBe(1_000 + OVERLAP_MS);
    clock.pass(60_000);
    store.isAway = false;
    expect(await nextRead()).toBe(61_000 + OVERLAP_MS);
    clock.pass(2 * WINDOW_MS);
    expect(await nextRead()).toBe(WINDOW_MS);
  });

  it('counts the age of a read from when it was sent, since it misses what was committed later', async () => {
    const reads = new HeldSteps('the tail is answered');
    store.turn = reads.turn;
    const reading = tail.readAll();
    clock.pass(700);
    reads.release();
    await reading;
    expect(trust.tailAgeMs).toBe(700);
  });

  it('renews the trust only after what it read has been taken', async () => {
    const trusted: boolean[] = [];
    take = () => trusted.push(trust.mayUseCaches());
    await tail.readAll();
    expect([...trusted, trust.mayUseCaches()]).toEqual([false, true]);
  });

  it('does not renew the trust by a failed read', async () => {
    store.isAway = true;
    await expect(tail.readAll()).rejects.toThrow('away');
    expect(trust.mayUseCaches()).toBe(false);
  });

  it('has one read in flight at a time', async () => {
    await tail.readAll();
    const reads = new HeldSteps('the tail is answered');
    store.turn = reads.turn;
    await nextRead();
    await sleep(900);
    expect(store.windows).toHaveLength(2);
    reads.release();
  });

  it('sets the store clock, which monotonic time then moves on', async () => {
    store.now = () => 5_000_000;
    await tail.readAll();
    expect(storeClock.now()).toBe(5_000_000);
    clock.pass(1_000);
    clock.jump(60_000);
    expect(storeClock.now()).toBe(5_001_000);
  });

  it('stops', async () => {
    await tail.readAll();
    tail.follow();
    tail.stop();
    await sleep(500);
    expect(store.windows).toHaveLength(1);
  });
});
