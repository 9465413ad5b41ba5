import { BoundedMemoryLimiter } from './bounded-memory-limiter.js';

describe('BoundedMemoryLimiter', () => {
  const open = () => new BoundedMemoryLimiter({ points: 2, duration: 60, keyPrefix: '' }, 3);
  const keysOf = (limiter: BoundedMemoryLimiter) => limiter.dump().storage.map(({ key }) => key);

  it('keeps at most the given number of keys', async () => {
    const limiter = open();
    for (let n = 0; n < 1000; n++) {
      await limiter.consume(`flood-${n}`);
      await limiter.reward(`refund-${n}`);
    }
    expect(keysOf(limiter)).toHaveLength(3);
  });

  it('forgets the least recently used key', async () => {
    const limiter = open();
    await limiter.consume('a');
    await limiter.consume('b');
    await limiter.consume('a');
    await limiter.consume('c');
    await limiter.consume('d');
    expect(keysOf(limiter).sort()).toEqual(['a', 'c', 'd']);
    await expect(limiter.consume('a')).rejects.toMatchObject({ consumedPoints: 3 });
  });

  it('counts from zero after a key was deleted', async () => {
    const limiter = open();
    await limiter.consume('a');
    await limiter.consume('a');
    await limiter.delete('a');
    await expect(limiter.consume('a')).resolves.toMatchObject({ consumedPoints: 1 });
  });
});
