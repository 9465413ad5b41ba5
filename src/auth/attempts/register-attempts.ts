import type { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import { networkOf } from '../../shares/network-of.js';
import { FailureLimiter } from './failure-limiter.js';
import { boundedRedis, type LimiterRedis } from './limiter-redis.js';

/**
 * Slows down probing which addresses are registered (OWASP ASVS 5.0 6.3.8), and sending mails to people who
 * did not ask for them: a registration that succeeds or fails with `email_taken` counts against its network.
 * One that fails for another reason reveals nothing and does not count.
 */
export class RegisterAttempts {
  private readonly networks: FailureLimiter;

  constructor(
    { perAddress, windowSeconds }: Config['loginAttempts'],
    redis: LimiterRedis | null,
    keyPrefix: string,
  ) {
    const store = redis && boundedRedis(redis);
    this.networks = new FailureLimiter(
      { failures: perAddress, windowSeconds },
      store,
      `${keyPrefix}:register:network`,
    );
  }

  /**
   * @param address network address of the client
   * @throws {AppError} `too_many_requests`, and what `register` throws
   */
  async guard<T>(address: string, register: () => Promise<T>): Promise<T> {
    const network = networkOf(address);
    await this.networks.reserve(network);
    try {
      return await register();
    } catch (error) {
      const revealsAccount = error instanceof AppError && error.code === 'email_taken';
      if (!revealsAccount) await this.networks.release(network);
      throw error;
    }
  }
}
