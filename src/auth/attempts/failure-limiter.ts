import { type RateLimiterAbstract, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../../errors/app-error.js';
import { BoundedMemoryLimiter } from './bounded-memory-limiter.js';
import type { LimiterRedis } from './limiter-redis.js';
import type { ResetMarks } from './reset-marks.js';

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
 * Every instance counts in its own memory, and all share their counts in Redis if it is configured. Both limits apply.
 * Write access to Redis can therefore raise the limit at most to one for each instance (ADR 27), and while Redis does not
 * answer in time (see `limiter-redis.ts`), memory alone decides.
 */
export class FailureLimiter {
  private readonly memory: BoundedMemoryLimiter;
  private readonly shared: RateLimiterRedis | null;
  private readonly windowMs: number;

  /** @param resetMarks for limits that are reset: without them, a reset holds on this instance and in Redis only */
  constructor(
    { failures, windowSeconds }: FailureLimit,
    redis: LimiterRedis | null,
    keyPrefix: string,
    private readonly resetMarks: ResetMarks | null = null,
  ) {
    this.windowMs = windowSeconds * 1000;
    const limit = { points: failures, duration: windowSeconds, keyPrefix };
    this.memory = new BoundedMemoryLimiter(limit, MAX_KEYS);
    this.shared =
      redis &&
      new RateLimiterRedis({
        ...limit,
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
    const here = await this.consumeInMemory(key);
    if (here.isRefused) throw tooManyRequests(here);
    const everywhere = await this.inRedis((shared) => consume(shared, key));
    if (everywhere?.isRefused) {
      // A refused attempt is no failure here either.
      await this.memory.reward(key);
      throw tooManyRequests(everywhere);
    }
    return Math.max(here.consumedPoints, everywhere?.consumedPoints ?? 0);
  }

  /** Cancels one reservation. */
  async release(key: string): Promise<void> {
    await Promise.all([this.memory.reward(key), this.inRedis((shared) => shared.reward(key))]);
  }

  /** Forgets all failures. */
  async reset(key: string): Promise<void> {
    await Promise.all([
      this.memory.delete(key),
      this.inRedis((shared) => shared.delete(key)),
      this.inRedis(() => this.resetMarks?.set(key)),
    ]);
  }

  private async consumeInMemory(key: string): Promise<Consumed> {
    const consumed = await consume(this.memory, key);
    if (!consumed.isRefused) return consumed;
    // Once for each reset: the window that begins now is younger than the mark.
    // The library counts whole milliseconds. In doubt, the reset was before this window.
    const windowAgeMs = this.windowMs - consumed.msBeforeNext - 1;
    if (!(await this.inRedis(() => this.resetMarks?.isYoungerThan(key, windowAgeMs)))) return consumed;
    await this.memory.delete(key);
    return consume(this.memory, key);
  }

  /** @returns `null` without Redis, and when it fails: then memory alone counts */
  private async inRedis<T>(command: (shared: RateLimiterRedis) => Promise<T> | undefined): Promise<T | null> {
    try {
      return (this.shared && (await command(this.shared))) ?? null;
    } catch {
      return null;
    }
  }
}

interface Consumed {
  readonly isRefused: boolean;
  readonly consumedPoints: number;
  readonly msBeforeNext: number;
}

/** The library throws a refusal, and the failures of its store. */
async function consume(limiter: RateLimiterAbstract, key: string): Promise<Consumed> {
  try {
    const { consumedPoints, msBeforeNext } = await limiter.consume(key);
    return { isRefused: false, consumedPoints, msBeforeNext };
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const { consumedPoints, msBeforeNext } = refusal;
    return { isRefused: true, consumedPoints, msBeforeNext };
  }
}

function tooManyRequests({ msBeforeNext }: Consumed): AppError {
  return new AppError('too_many_requests', {
    retryAfterSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  });
}
