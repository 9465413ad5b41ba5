import { readdirSync, readFileSync } from 'node:fs';
import { HashingThreads } from './hashing-threads.js';

const OPTIONS = { memoryCost: 64, timeCost: 1, parallelism: 1 };

/** The niceness of every thread of this process, by proc(5). */
function nicenesses(): number[] {
  return readdirSync('/proc/self/task').map((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[17]);
  });
}

describe('the threads that hash', () => {
  let threads: HashingThreads;

  beforeEach(() => {
    threads = new HashingThreads();
  });
  afterEach(() => threads.stop());

  it('hash and verify, several at once', async () => {
    const hashes = await Promise.all(
      ['one', 'two', 'three'].map((hash) => threads.run({ hash, options: OPTIONS })),
    );
    const [, two] = hashes as string[];
    expect(await threads.run({ verify: 'two', against: two as string })).toBe(true);
    expect(await threads.run({ verify: 'three', against: two as string })).toBe(false);
  });

  it('say what failed, and go on', async () => {
    await expect(threads.run({ verify: 'one', against: 'no hash at all' })).rejects.toThrow();
    expect(await threads.run({ hash: 'one', options: OPTIONS })).toMatch(/^\$argon2id\$/);
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('come after everything else of the process', async () => {
    const before = nicenesses();
    await threads.run({ hash: 'one', options: OPTIONS });
    const lowered = nicenesses().filter((niceness) => niceness >= 10);
    expect(lowered.length).toBe(before.filter((niceness) => niceness >= 10).length + 1);
    expect(Math.min(...nicenesses())).toBe(Math.min(...before));
  });
});
