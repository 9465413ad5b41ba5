import { setTimeout as sleep } from 'node:timers/promises';
import { ManualClock } from '../testing/manual-clock.js';
import { MemoryStore } from '../testing/memory-store.js';
import { activeSnapshot } from '../testing/test-session.js';
import { HeldSteps } from '../testing/turn.js';
import { waitUntil } from '../testing/wait-until.js';
import type { RecentRevocations } from './session-store.js';
import { StoreClock } from './store-clock.js';
import { Tail } from './tail.js';
import { Trust } from './trust.js';

const WINDOW_MS = 1_500_000;

describe('Tail', () => {
  let clock: ManualClock;
  let store: MemoryStore<ReturnType<typeof activeSnapshot>>;
  let storeClock: StoreClock;
  let trust: Trust;
  let tail: Tail;
  let take: (page: RecentRevocations) => boolean;

  beforeEach(() => {
    clock = new ManualClock();
    store = new MemoryStore(activeSnapshot);
    storeClock = new StoreClock(clock);
    trust = new Trust(null, clock, 60_000);
    take = () => true;
    tail = new Tail(store, clock, storeClock, trust, WINDOW_MS, (page) => take(page));
  });
  afterEach(() => tail.stop());

  const nextRead = async () => {
    const { length } = store.tailReads;
    clock.pass(1);
    tail.follow();
    await waitUntil('the store is read', () => store.tailReads.length > length);
    tail.stop();
  };

  const taken = () => {
    const ids: string[][] = [];
    take = ({ sessions }) => {
      clock.pass(1);
      ids.push(sessions.map(({ sessionId }) => sessionId));
      return true;
    };
    return ids;
  };

  it('reads the whole window first, then what has been committed since', async () => {
    store.end('a');
    const ids = taken();
    await tail.readAll();
    expect(store.tailReads).toEqual([null]);
    await store.confirm(store.end('b'), { by: 'another', how: 'acknowledged', acknowledgedBy: [] });
    store.backdate('b', 2 * WINDOW_MS);
    await nextRead();
    expect(ids).toEqual([['a'], ['b']]);
    await nextRead();
    expect(ids.at(-1)).toEqual([]);
  });

  it('reads everything since its last good read after the store was away', async () => {
    await tail.readAll();
    store.isAway = true;
    await nextRead();
    store.end('a');
    store.isAway = false;
    const ids = taken();
    await nextRead();
    expect(ids).toEqual([['a']]);
  });

  it('reads page by page, and trusts nothing until a later read has one page only', async () => {
    await tail.readAll();
    store.pageSize = 2;
    for (const id of ['a', 'b', 'c', 'd', 'e']) store.end(id);
    const trusted: boolean[] = [];
    take = () => {
      trusted.push(trust.mayUseCaches());
      clock.pass(1);
      return true;
    };
    await nextRead();
    // The last read has only one page: it finds what was committed while the others were read.
    expect([...trusted, trust.mayUseCaches()]).toEqual([false, false, false, false, true]);
  });

  it('goes on after the last page when a page need not be followed by the others', async () => {
    await tail.readAll();
    store.pageSize = 2;
    for (const id of ['a', 'b', 'c', 'd', 'e']) store.end(id);
    take = () => {
      clock.pass(1);
      return false;
    };
    await nextRead();
    expect(trust.mayUseCaches()).toBe(true);
    store.end('f');
    const ids = taken();
    await nextRead();
    expect(ids).toEqual([['f']]);
  });

  it('reads again from its position after a page has failed', async () => {
    await tail.readAll();
    store.pageSize = 1;
    for (const id of ['a', 'b']) store.end(id);
    const ids = taken();
    const takeIt = take;
    take = (page) => {
      store.isAway = true;
      return takeIt(page);
    };
    await nextRead();
    expect(trust.mayUseCaches()).toBe(false);
    store.isAway = false;
    take = takeIt;
    await nextRead();
    expect(ids).toEqual([['a'], ['a'], ['b'], []]);
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
    take = () => trusted.push(trust.mayUseCaches()) > 0;
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
    expect(store.tailReads).toHaveLength(2);
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
    expect(store.tailReads).toHaveLength(1);
  });
});
