import { setTimeout as sleep } from 'node:timers/promises';
import { BatchedRead, LATE_AFTER_MS } from './batched-read.js';

/** A read that is answered by the test. */
class PausedRead {
  readonly sent: string[][] = [];
  private readonly answers: ((values: Map<string, string> | Error) => void)[] = [];

  readonly read = (ids: string[]): Promise<Map<string, string>> => {
    this.sent.push(ids);
    return new Promise((resolve, reject) => {
      this.answers.push((values) => (values instanceof Error ? reject(values) : resolve(values)));
    });
  };

  /** @param at of the reads that have not been answered yet */
  answer(values: Record<string, string> | Error, at = 0): void {
    const [answer] = this.answers.splice(at, 1);
    answer?.(values instanceof Error ? values : new Map(Object.entries(values)));
  }
}

const tick = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
/** Until the reads that were requested before are sent, and late: after a stall of this process a deadline has a grace. */
const untilLate = async () => {
  await tick();
  await sleep(LATE_AFTER_MS);
  await sleep(LATE_AFTER_MS);
  await tick();
};
const outcome = (read: Promise<string | null>) => read.catch((error: Error) => error.message);

describe('BatchedRead', () => {
  let paused: PausedRead;

  beforeEach(() => {
    paused = new PausedRead();
  });

  it('combines everything requested in one tick into one read', async () => {
    const reads = new BatchedRead(paused.read);
    const asked = [reads.load('a'), reads.load('b'), reads.load('a')];
    await tick();
    expect(paused.sent).toEqual([['a', 'b']]);
    paused.answer({ a: '1' });
    expect(await Promise.all(asked)).toEqual(['1', null, '1']);
  });

  it('lets no request join a read in flight, which may be older than the request', async () => {
    const reads = new BatchedRead(paused.read);
    const before = reads.load('a');
    await tick();
    const after = reads.load('a');
    paused.answer({ a: 'old' });
    expect(await before).toBe('old');
    await tick();
    expect(paused.sent).toEqual([['a'], ['a']]);
    paused.answer({ a: 'new' });
    expect(await after).toBe('new');
  });

  it('combines everything requested during a read into the next read', async () => {
    const reads = new BatchedRead(paused.read);
    const first = reads.load('a');
    await tick();
    const next = [reads.load('b'), reads.load('c')];
    await tick();
    expect(paused.sent).toEqual([['a']]);
    paused.answer({});
    await first;
    await tick();
    expect(paused.sent).toEqual([['a'], ['b', 'c']]);
    paused.answer({ b: '2', c: '3' });
    expect(await Promise.all(next)).toEqual(['2', '3']);
  });

  it('does not read what has become known during the wait', async () => {
    const known = new Map<string, string>();
    const reads = new BatchedRead(paused.read, { peek: (id) => known.get(id) ?? null });
    const first = reads.load('a');
    await tick();
    const again = reads.load('a');
    known.set('a', '1');
    paused.answer({ a: '1' });
    expect(await Promise.all([first, again])).toEqual(['1', '1']);
    expect(paused.sent).toEqual([['a']]);
  });

  it('rejects the whole batch when its read fails, and continues with the next', async () => {
    const reads = new BatchedRead(paused.read);
    const failing = [reads.load('a'), reads.load('b')].map(outcome);
    await tick();
    paused.answer(new Error('gone'));
    expect(await Promise.all(failing)).toEqual(['gone', 'gone']);
    const next = reads.load('a');
    await tick();
    paused.answer({ a: '1' });
    expect(await next).toBe('1');
  });

  it('reads each of many ids once, in batches of limited size', async () => {
    const sizes: number[] = [];
    const reads = new BatchedRead(async (ids) => {
      sizes.push(ids.length);
      return new Map(ids.map((id) => [id, id]));
    });
    const ids = Array.from({ length: 1_200 }, (_, at) => `id-${at}`);
    expect(await Promise.all(ids.map((id) => reads.load(id)))).toEqual(ids);
    expect(sizes.reduce((a, b) => a + b)).toBe(1_200);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
  });

  it('does not let requests wait for a read that is late, nor fail with it', async () => {
    const reads = new BatchedRead(paused.read);
    const hanging = outcome(reads.load('a'));
    await untilLate();
    const next = reads.load('b');
    await tick();
    expect(paused.sent).toEqual([['a'], ['b']]);
    paused.answer(new Error('hung'));
    expect(await hanging).toBe('hung');
    paused.answer({ b: '2' });
    expect(await next).toBe('2');
  });

  it('sends what was requested during a read once that is late', async () => {
    const reads = new BatchedRead(paused.read);
    const hanging = reads.load('a');
    await tick();
    const next = reads.load('a');
    await untilLate();
    expect(paused.sent).toEqual([['a'], ['a']]);
    paused.answer({ a: 'new' }, 1);
    expect(await next).toBe('new');
    paused.answer({ a: 'old' });
    expect(await hanging).toBe('old');
  });

  it('rejects every waiting request when a read fails and all others are late', async () => {
    const reads = new BatchedRead(paused.read, { maxReads: 2 });
    const failing = [outcome(reads.load('a'))];
    await untilLate();
    failing.push(outcome(reads.load('b')));
    await untilLate();
    for (let at = 0; at < 1_000; at++) failing.push(outcome(reads.load(`id-${at}`)));
    await untilLate();
    expect(paused.sent).toEqual([['a'], ['b']]);
    paused.answer(new Error('hung'));
    paused.answer(new Error('hung as well'));
    expect(await Promise.all(failing)).toEqual(['hung', 'hung as well', ...Array(1_000).fill('hung')]);
    expect(paused.sent).toHaveLength(2);
  });

  it('sends again once one of the late reads is answered', async () => {
    const reads = new BatchedRead(paused.read, { maxReads: 1 });
    const first = reads.load('a');
    await untilLate();
    const next = reads.load('b');
    await tick();
    expect(paused.sent).toEqual([['a']]);
    paused.answer({ a: '1' });
    expect(await first).toBe('1');
    await tick();
    expect(paused.sent).toEqual([['a'], ['b']]);
    paused.answer({ b: '2' });
    expect(await next).toBe('2');
  });
});
