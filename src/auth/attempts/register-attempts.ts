import type { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import { FailureLimiter } from './failure-limiter.js';
import { boundedRedis, type LimiterRedis } from './limiter-redis.js';
import { networkOf } from './network-of.js';

/**
 * Slows asking which addresses are registered (OWASP ASVS 5.0 6.3.8), and having mails sent to people who never asked
 * for one: a registration that meets `email_taken`, or succeeds, costs its network a point. One that fails for another
 * reason tells nothing and costs nothing.
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
   * @throws {AppError} `too_many_requests`, and whatever `register` throws
   */
  async guard<T>(address: string, register: () => Promise<T>): Promise<T> {
    const network = networkOf(address);
    await this.networks.reserve(network);
    try {
      return await register();
    } catch (error) {
      const toldSomething = error instanceof AppError && error.code === 'email_taken';
      if (!toldSomething) await this.networks.giveBack(network);
      throw error;
    }
  }
}
