import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../../errors/app-error.js';
import { BoundedMemoryLimiter } from './bounded-memory-limiter.js';
import type { LimiterRedis } from './limiter-redis.js';

export interface FailureLimit {
  /** Failures allowed per window; a window starts with the first failure. */
  readonly failures: number;
  readonly windowSeconds: number;
}

/** The number of keys that one limiter keeps in memory, at a few hundred bytes each. */
const MAX_KEYS = 20_000;

/**
 * Limits failures by reserving them: an attempt reserves a failure before its outcome is known, and releases
 * it if it succeeds. If attempts were checked first and counted afterwards, a hundred parallel attempts could
 * all pass the check.
 *
 * All instances share the counts in Redis. Without Redis, and while it does not answer in time (see
 * `limiter-redis.ts`), each instance counts in its own memory.
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
   * @returns the number of reservations in this window, including this one
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

  /** Cancels one reservation. */
  async release(key: string): Promise<void> {
    await this.limiter.reward(key);
  }

  /** Forgets all failures, including those counted in memory while Redis was unavailable. */
  async reset(key: string): Promise<void> {
    await Promise.all([this.memory.delete(key), this.limiter.delete(key)]);
  }
}
