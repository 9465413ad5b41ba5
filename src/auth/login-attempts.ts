import { createHash } from 'node:crypto';
import type { Config } from '../config/config.js';
import { normaliseEmail } from '../users/email-address.js';
import { FailureLimiter } from './failure-limiter.js';
import { boundedRedis, type LimiterRedis } from './limiter-redis.js';
import { networkOf } from './network-of.js';

export interface LoginTry {
  readonly email: string;
  /** Network address of the client. */
  readonly address: string;
  /** The device whose token came along and is valid for this very account. */
  readonly knownDeviceId: string | null;
}

/** A try that counts as failed from the start; unless its outcome is reported, it stays so. */
export interface LoginAttempt {
  /** The password was right. */
  succeeded(): Promise<void>;
  /** The password was never compared: the service was busy, or a dependency down. */
  abandoned(): Promise<void>;
}

/**
 * Slows guessing of passwords (NIST SP 800-63B, "Rate Limiting"; OWASP ASVS 5.0 6.3.1). Failures are counted per
 * account, whether or not there is such an account, and per network. Someone on a device that the account knows is
 * counted by that device alone, so that nobody can lock them out from elsewhere.
 */
export class LoginAttempts {
  private readonly accounts: FailureLimiter;
  private readonly networks: FailureLimiter;
  private readonly devices: FailureLimiter;

  constructor(
    { perAccount, perAddress, windowSeconds }: Config['loginAttempts'],
    redis: LimiterRedis | null,
    keyPrefix: string,
  ) {
    const store = redis && boundedRedis(redis);
    const limiter = (failures: number, of: string) =>
      new FailureLimiter({ failures, windowSeconds }, store, `${keyPrefix}:login:${of}`);
    this.accounts = limiter(perAccount, 'account');
    this.networks = limiter(perAddress, 'network');
    this.devices = limiter(perAccount, 'device');
  }

  /**
   * To be called before anything expensive.
   *
   * @throws {AppError} `too_many_requests`; `validation_failed` when the address is none
   */
  async begin({ email, address, knownDeviceId }: LoginTry): Promise<LoginAttempt> {
    return knownDeviceId === null
      ? this.beginAnywhere(accountKey(email), networkOf(address))
      : this.beginOnDevice(knownDeviceId);
  }

  private async beginOnDevice(deviceId: string): Promise<LoginAttempt> {
    await this.devices.reserve(deviceId);
    return {
      succeeded: () => this.devices.reset(deviceId),
      abandoned: () => this.devices.giveBack(deviceId),
    };
  }

  private async beginAnywhere(account: string, network: string): Promise<LoginAttempt> {
    // The network first: a flood of made-up addresses from one place ends here and adds no more accounts to the store.
    await this.networks.reserve(network);
    try {
      await this.accounts.reserve(account);
    } catch (error) {
      // Nothing was guessed. One locked account must not lock out its whole office.
      await this.networks.giveBack(network);
      throw error;
    }
    return {
      succeeded: async () => {
        await Promise.all([this.accounts.reset(account), this.networks.giveBack(network)]);
      },
      abandoned: async () => {
        await Promise.all([this.accounts.giveBack(account), this.networks.giveBack(network)]);
      },
    };
  }
}

/** Not the address itself: what is kept in Redis needs no personal data. */
function accountKey(email: string): string {
  return createHash('sha256').update(normaliseEmail(email)).digest('base64url');
}
