import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../../errors/app-error.js';
import { BoundedMemoryLimiter } from './bounded-memory-limiter.js';
import type { LimiterRedis } from './limiter-redis.js';

export interface FailureLimit {
  /** Failures allowed in a window, which begins with the first. */
  readonly failures: number;
  readonly windowSeconds: number;
}

/** Keys held in memory by one limiter; some hundred bytes each. */
const MAX_KEYS = 20_000;

/**
 * Counts failures by reserving them: a try takes a point before its outcome is known, and gets it back if it was no
 * failure. Checking first and counting afterwards would let a hundred parallel tries pass on the last point.
 *
 * The points are in Redis, for all instances together; in memory where there is none or while it does not answer
 * (it must be bounded, see `limiter-redis.ts`), where each instance counts for itself.
 */
export class FailureLimiter {
  private readonly memory: BoundedMemoryLimiter;
  private readonly limiter: BoundedMemoryLimiter | RateLimiterRedis;

  constructor({ failures, windowSeconds }: FailureLimit, redis: LimiterRedis | null, keyPrefix: string) {
    const limit = { points: failures, duration: windowSeconds, keyPrefix };
    this.memory = new BoundedMemoryLimiter(limit, MAX_KEYS);
    this.limiter = redis
      ? new RateLimiterRedis({
          ...limit,
          storeClient: redis,
          useRedisPackage: true,
          rejectIfRedisNotReady: true,
          insuranceLimiter: this.memory,
        })
      : this.memory;
  }

  /**
   * @returns how many were reserved in this window, this one too
   * @throws {AppError} `too_many_requests`
   */
  async reserve(key: string): Promise<number> {
    try {
      return (await this.limiter.consume(key)).consumedPoints;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      throw new AppError('too_many_requests', {
        retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)),
      });
    }
  }

  /** Takes back one reservation. */
  async giveBack(key: string): Promise<void> {
    await this.limiter.reward(key);
  }

  /** Forgets every failure, also those counted in memory while Redis was away. */
  async reset(key: string): Promise<void> {
    await Promise.all([this.memory.delete(key), this.limiter.delete(key)]);
  }
}
