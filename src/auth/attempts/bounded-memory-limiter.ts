import { LRUCache } from 'lru-cache';
import { RateLimiterMemory } from 'rate-limiter-flexible';

/**
 * A memory limiter that forgets the least recently used keys beyond `maxKeys`. The library's own limiter
 * keeps every key for the whole window, so a flood of keys would exhaust the memory. To make this limiter
 * forget a given account, an attacker needs so many networks that guessing from each of them would gain as
 * much.
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
