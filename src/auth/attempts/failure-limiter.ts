import { LRUCache } from 'lru-cache';
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
 * All instances share the counts in Redis. Each instance also counts in its own memory, always: while Redis does not
 * answer in time (see `limiter-redis.ts`), that count decides. It continues where this instance was, so an outage gives
 * no second set of attempts, and what Redis missed is added there with the next attempt that reaches it.
 */
export class FailureLimiter {
  private readonly memory: BoundedMemoryLimiter;
  private readonly redis: RateLimiterRedis | null;
  /** Reservations less releases of each key that Redis has missed. */
  private readonly missed: LRUCache<string, number>;

  constructor(
    private readonly limit: FailureLimit,
    redis: LimiterRedis | null,
    keyPrefix: string,
  ) {
    const options = { points: limit.failures, duration: limit.windowSeconds, keyPrefix };
    this.memory = new BoundedMemoryLimiter(options, MAX_KEYS);
    this.missed = new LRUCache({ max: MAX_KEYS, ttl: limit.windowSeconds * 1000 });
    this.redis =
      redis &&
      new RateLimiterRedis({
        ...options,
        storeClient: redis,
        useRedisPackage: true,
        rejectIfRedisNotReady: true,
      });
  }

  /**
   * @returns the number of reservations in this window, including this one
   * @throws {AppError} `too_many_requests`
   */
  async reserve(key: string): Promise<number> {
    const local = await consume(this.memory, key, 1);
    const { consumedPoints, msBeforeNext } = (await this.countInRedis(key, 1)) ?? local;
    if (consumedPoints <= this.limit.failures) return consumedPoints;
    throw new AppError('too_many_requests', {
      retryAfterSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
    });
  }

  /** Cancels one reservation. */
  async release(key: string): Promise<void> {
    await this.memory.reward(key);
    await this.countInRedis(key, -1);
  }

  /** Forgets all failures, including those counted in memory while Redis was unavailable. */
  async reset(key: string): Promise<void> {
    this.missed.delete(key);
    await this.memory.delete(key);
    // If Redis does not answer, its count expires with the window.
    await this.redis?.delete(key).catch(() => {});
  }

  /** @returns `null` if Redis did not answer in time, or is not used */
  private async countInRedis(key: string, change: number): Promise<RateLimiterRes | null> {
    if (!this.redis) return null;
    const due = change + (this.missed.get(key) ?? 0);
    this.missed.delete(key);
    try {
      return await consume(this.redis, key, due);
    } catch {
      // The memory decides. Whether Redis has counted is unknown; counting twice is the safe mistake.
      this.missed.set(key, due + (this.missed.get(key) ?? 0));
      return null;
    }
  }
}

/** @returns the state of the key, whether or not the limit is exceeded */
async function consume(
  limiter: BoundedMemoryLimiter | RateLimiterRedis,
  key: string,
  points: number,
): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key, points);
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return refusal;
    throw refusal;
  }
}
