import { FairQueue, type QueueLimits } from './fair-queue.js';
import { SERVICE_SHARE, type Share } from './share.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const share = (network: string, account = '', isKnown = false): Share => ({ network, account, isKnown });

describe('FairQueue', () => {
  let now: number;
  let started: string[];
  let refused: string[];
  let finish: (() => void)[];

  beforeEach(() => {
    now = 0;
    started = [];
    refused = [];
    finish = [];
  });

  const open = (limits: Partial<QueueLimits> = {}) =>
    new FairQueue({ concurrency: 1, places: 100, maxWaitMs: 60_000, ...limits }, () => now);
  const add = (queue: FairQueue, name: string, of: Share) => {
    queue
      .run(of, () => {
        started.push(name);
        return new Promise<void>((resolve) => finish.push(resolve));
      })
      .catch(() => refused.push(name));
  };
  /** Finishes the running work again and again until nothing runs. */
  const finishAll = async () => {
    for (let next = finish.shift(); next; next = finish.shift()) {
      next();
      await turn();
    }
  };

  it('serves a network with one request before the rest of a network with many', async () => {
    const queue = open();
    for (let n = 0; n < 20; n++) add(queue, `flood ${n}`, share('flood', `account ${n}`));
    add(queue, 'other', share('other'));
    await finishAll();
    expect(started.indexOf('other')).toBe(1);
    expect(started).toHaveLength(21);
  });

  it('serves an account that used little before others of its network', async () => {
    const queue = open();
    for (let round = 0; round < 3; round++) {
      for (const account of ['a', 'b', 'c']) add(queue, account, share('office', account));
    }
    add(queue, 'd', share('office', 'd'));
    await finishAll();
    expect(started.slice(0, 4).sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets known and other clients take turns', async () => {
    const queue = open();
    for (let n = 0; n < 20; n++) add(queue, 'other', share(`network ${n}`));
    add(queue, 'known', share('home', 'me', true));
    add(queue, 'known', share('work', 'you', true));
    await finishAll();
    expect(started.slice(0, 4)).toEqual(['other', 'known', 'other', 'known']);
  });

  it('remembers what was used for some seconds, then forgets it', async () => {
    const queue = open();
    for (let n = 0; n < 5; n++) add(queue, 'heavy', share('heavy'));
    await finishAll();
    const addBoth = async () => {
      started = [];
      add(queue, 'running', share('running'));
      add(queue, 'heavy', share('heavy'));
      add(queue, 'light', share('light'));
      await finishAll();
    };
    await addBoth();
    expect(started).toEqual(['running', 'light', 'heavy']);
    now = 10 * 60_000;
    for (let n = 0; n < 2; n++) add(queue, 'light', share('light'));
    await finishAll();
    await addBoth();
    expect(started).toEqual(['running', 'heavy', 'light']);
  });

  it('refuses the newest request of the largest share when every place is taken', async () => {
    const queue = open({ places: 4 });
    for (let n = 0; n < 5; n++) add(queue, `flood ${n}`, share('flood'));
    add(queue, 'other', share('other'));
    await turn();
    expect(refused).toEqual(['flood 4']);
    add(queue, 'flood 5', share('flood'));
    await turn();
    expect(refused).toEqual(['flood 4', 'flood 5']);
    await finishAll();
    expect(started).toEqual(['flood 0', 'other', 'flood 1', 'flood 2', 'flood 3']);
  });

  it('finds a place for an account that used less than the others of its network', async () => {
    const queue = open({ places: 3 });
    for (let round = 0; round < 4; round++) {
      for (const account of ['a', 'b', 'c', 'd']) add(queue, account, share('office', account));
      await finishAll();
    }
    started = [];
    refused = [];
    for (const account of ['a', 'b', 'c', 'd']) add(queue, account, share('office', account));
    add(queue, 'newcomer', share('office', 'newcomer'));
    await turn();
    expect(refused).toHaveLength(1);
    await finishAll();
    expect(started[1]).toBe('newcomer');
  });

  it('keeps a quarter of the places for known clients', async () => {
    const queue = open({ places: 8 });
    for (let n = 0; n < 12; n++) add(queue, 'other', share(`network ${n}`));
    for (let n = 0; n < 3; n++) add(queue, `known ${n}`, share('home', `me ${n}`, true));
    await turn();
    expect(refused).toEqual(['other', 'other', 'other', 'other', 'other', 'known 2']);
    await finishAll();
  });

  it('refuses work with the code overloaded and the time to wait, and runs work afterwards', async () => {
    const queue = open({ places: 0 });
    add(queue, 'first', share('a'));
    await expect(queue.run(share('b'), async () => 1)).rejects.toMatchObject({
      code: 'overloaded',
      retryAfterSeconds: 1,
    });
    await finishAll();
    await expect(queue.run(share('b'), async () => 1)).resolves.toBe(1);
    await expect(queue.run(share('b'), () => Promise.reject(new Error('fails')))).rejects.toThrow('fails');
    await expect(queue.run(share('b'), async () => 2)).resolves.toBe(2);
  });

  it('refuses work that waits too long', async () => {
    const queue = open({ maxWaitMs: 1 });
    add(queue, 'running', share('a'));
    await expect(queue.run(share('b'), async () => 1)).rejects.toMatchObject({ code: 'overloaded' });
    await finishAll();
  });

  it('runs no more work of one network or account at a time than allowed', async () => {
    const queue = open({ concurrency: 4, perNetwork: 2, perAccount: 1 });
    add(queue, 'a', share('one', 'a'));
    add(queue, 'a again', share('two', 'a'));
    add(queue, 'b', share('one', 'b'));
    add(queue, 'c', share('one', 'c'));
    add(queue, 'd', share('two', 'd'));
    expect(started).toEqual(['a', 'b', 'd']);
    await finishAll();
    expect(started.sort()).toEqual(['a', 'a again', 'b', 'c', 'd']);
    for (let n = 0; n < 4; n++) add(queue, 'service', SERVICE_SHARE);
    expect(started.filter((name) => name === 'service')).toHaveLength(4);
    await finishAll();
  });
});
