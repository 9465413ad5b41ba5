import { randomBytes } from 'node:crypto';
import { readEnvironment } from '../../config/environment.js';
import { PasswordHasher } from './password-hasher.js';

function hasherWith(variables: Record<string, string> = {}): PasswordHasher {
  const env = { PASSWORD_HASH_MEMORY_KIB: '64', PASSWORD_HASH_PASSES: '1', ...variables };
  return new PasswordHasher(readEnvironment(env, () => randomBytes(32)));
}

const median = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

describe('PasswordHasher', () => {
  const hasher = hasherWith();

  it('creates argon2id hashes with the configured parameters and different salts', async () => {
    const [one, other] = await Promise.all([hasher.hash('correct horse'), hasher.hash('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
    expect(one).not.toBe(other);
  });

  it('accepts the password and no other', async () => {
    const hash = await hasher.hash('correct horse');
    expect(await hasher.verify(hash, 'correct horse')).toBe(true);
    expect(await hasher.verify(hash, 'Correct horse')).toBe(false);
    expect(await hasher.verify(hash, 'correct horse ')).toBe(false);
    expect(await hasher.verify(hash, '')).toBe(false);
  });

  it.each([
    ['a composed and a decomposed accent', 'pa\u0308sswo\u0308rter', 'pässwörter'],
    ['full and half width', 'ｐａｓｓｐｏｒｔ', 'passport'],
  ])('accepts a password that another system encodes differently: %s', async (_, typed, typedElsewhere) => {
    expect(await hasher.verify(await hasher.hash(typed), typedElsewhere)).toBe(true);
  });

  it.each([
    ['past the 72 bytes where bcrypt stops', 'x'.repeat(255)],
    ['after a NUL', 'secret\0'],
    ['after spaces', '   '],
  ])('does not truncate: a last character %s counts', async (_, start) => {
    expect(await hasher.verify(await hasher.hash(`${start}a`), `${start}b`)).toBe(false);
  });

  it('requires a new hash only if the parameters have changed', async () => {
    const stronger = hasherWith({ PASSWORD_HASH_PASSES: '2' });
    const hash = await hasher.hash('correct horse');
    expect(hasher.needsRehash(hash)).toBe(false);
    expect(stronger.needsRehash(hash)).toBe(true);
    expect(await stronger.verify(hash, 'correct horse')).toBe(true);
  });

  it('refuses hashes beyond the queue, and recovers', async () => {
    const busy = hasherWith({ PASSWORD_HASH_CONCURRENCY: '1', PASSWORD_HASH_QUEUE: '2' });
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => busy.hash('correct horse')));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    expect(results[4]).toMatchObject({ reason: { code: 'overloaded', retryAfterSeconds: 1 } });
    await expect(busy.hash('correct horse')).resolves.toBeDefined();
  });

  it('does not block the event loop while it hashes', async () => {
    const slow = hasherWith({ PASSWORD_HASH_MEMORY_KIB: '19456', PASSWORD_HASH_PASSES: '8' });
    let done = false;
    const hashing = slow.hash('correct horse').then(() => {
      done = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toBe(false);
    await hashing;
  });

  it('takes as long for an unknown user as for a known one', async () => {
    const usual = hasherWith({ PASSWORD_HASH_MEMORY_KIB: '19456', PASSWORD_HASH_PASSES: '2' });
    const hash = await usual.hash('correct horse');
    const known: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < 15; round++) {
      known.push(await millisecondsOf(() => usual.verify(hash, 'a wrong guess')));
      unknown.push(await millisecondsOf(() => usual.verifyForUnknownUser('a wrong guess')));
    }
    // Measured alternately, the medians differ by a few percent. The bounds allow for a busy machine.
    expect(median(unknown) / median(known)).toBeGreaterThan(0.6);
    expect(median(unknown) / median(known)).toBeLessThan(1.6);
  });

  it('accepts no password for an unknown user', async () => {
    expect(await hasher.verifyForUnknownUser('')).toBe(false);
  });
});
