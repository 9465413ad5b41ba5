import type { Authenticator } from '@latchkey/revocation/redis/authenticator';
import type { SessionClock } from '../../sessions/session-clock.js';
import type { LimiterRedis } from './limiter-redis.js';

const SET = `return redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])`;
const GET = `return redis.call('GET', KEYS[1])`;

/**
 * Tells the other instances, through Redis, when the failures of a key were reset, because they count in memory too. The
 * marks are sealed: a counter in Redis that was deleted is no reset.
 */
export class ResetMarks {
  constructor(
    private readonly redis: LimiterRedis,
    private readonly authenticator: Authenticator,
    private readonly clock: SessionClock,
    private readonly keyPrefix: string,
    private readonly windowSeconds: number,
  ) {}

  async set(key: string): Promise<void> {
    const place = this.placeOf(key);
    const mark = this.authenticator.seal(place, String(this.clock.now()));
    await this.redis.eval(SET, { keys: [place], arguments: [mark, String(this.windowSeconds)] });
  }

  /** Whether the failures were reset within the last `ageMs`. */
  async isYoungerThan(key: string, ageMs: number): Promise<boolean> {
    const place = this.placeOf(key);
    const mark = await this.redis.eval(GET, { keys: [place], arguments: [] });
    const resetAt = typeof mark === 'string' ? this.authenticator.open(place, mark) : null;
    return resetAt !== null && Number(resetAt) > this.clock.now() - ageMs;
  }

  private placeOf(key: string): string {
    return `${this.keyPrefix}:reset:${key}`;
  }
}
