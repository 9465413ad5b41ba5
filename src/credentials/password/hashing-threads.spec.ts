import { readdirSync, readFileSync } from 'node:fs';
import { HashingThreads } from './hashing-threads.js';

const OPTIONS = { memoryCost: 64, timeCost: 1, parallelism: 1 };

/** The niceness of every thread of this process (proc(5)). */
function nicenesses(): number[] {
  return readdirSync('/proc/self/task').map((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[17]);
  });
}

describe('HashingThreads', () => {
  let threads: HashingThreads;

  beforeEach(() => {
    threads = new HashingThreads();
  });
  afterEach(() => threads.stop());

  it('hashes and verifies several passwords concurrently', async () => {
    const hashes = await Promise.all(
      ['one', 'two', 'three'].map((hash) => threads.run({ hash, options: OPTIONS })),
    );
    const against = { hashes: hashes as string[], deciding: 1 };
    expect(await threads.run({ verify: 'two', against })).toBe(true);
    expect(await threads.run({ verify: 'three', against })).toBe(false);
  });

  it('rejects with the error of a failed task, and keeps working', async () => {
    await expect(
      threads.run({ verify: 'one', against: { hashes: ['not a hash'], deciding: 0 } }),
    ).rejects.toThrow();
    expect(await threads.run({ hash: 'one', options: OPTIONS })).toMatch(/^\$argon2id\$/);
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('has a lower priority than the other threads of the process', async () => {
    const before = nicenesses();
    await threads.run({ hash: 'one', options: OPTIONS });
    const lowered = nicenesses().filter((niceness) => niceness >= 5);
    expect(lowered.length).toBe(before.filter((niceness) => niceness >= 5).length + 1);
    expect(Math.min(...nicenesses())).toBe(Math.min(...before));
  });
});
