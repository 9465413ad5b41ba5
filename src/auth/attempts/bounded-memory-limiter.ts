import { LRUCache } from 'lru-cache';
import { RateLimiterMemory } from 'rate-limiter-flexible';

/**
 * A memory limiter that forgets the key it has not met for the longest time when there are too many: the library's
 * own keeps every key for the whole window. Forgetting is the lesser evil; to make it forget a given account takes
 * a flood from so many networks that it could as well guess from each of them.
 */
export class BoundedMemoryLimiter extends RateLimiterMemory {
  private readonly keys: LRUCache<string, true>;

  constructor(options: ConstructorParameters<typeof RateLimiterMemory>[0], maxKeys: number) {
    super(options);
    this.keys = new LRUCache({ max: maxKeys, dispose: (_, key) => void super.delete(key) });
  }

  override async consume(...[key, ...rest]: Parameters<RateLimiterMemory['consume']>) {
    this.keys.set(String(key), true);
    return super.consume(key, ...rest);
  }

  override async reward(...[key, ...rest]: Parameters<RateLimiterMemory['reward']>) {
    this.keys.set(String(key), true);
    return super.reward(key, ...rest);
  }
}
