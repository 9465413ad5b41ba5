import { FailureLimiter } from '../../auth/attempts/failure-limiter.js';
import { boundedRedis, type LimiterRedis } from '../../auth/attempts/limiter-redis.js';

/** More than anyone has new devices, so only a program reaches it. */
const ANSWERS = 60;
const WINDOW_SECONDS = 900;

/** Limits the answers about sign-ins of each user. */
export class AnswerLimit {
  private readonly users: FailureLimiter;

  constructor(redis: LimiterRedis | null, keyPrefix: string) {
    this.users = new FailureLimiter(
      { failures: ANSWERS, windowSeconds: WINDOW_SECONDS },
      redis && boundedRedis(redis),
      `${keyPrefix}:sign-in-answers`,
    );
  }

  /** @throws {AppError} too_many_requests */
  async reserve(userId: string): Promise<void> {
    await this.users.reserve(userId);
  }
}
