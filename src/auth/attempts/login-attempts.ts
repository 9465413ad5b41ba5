import { createHash } from 'node:crypto';
import type { Config } from '../../config/config.js';
import { normaliseEmail } from '../../users/email-address.js';
import { FailureLimiter } from './failure-limiter.js';
import { boundedRedis, type LimiterRedis } from './limiter-redis.js';
import { networkOf } from './network-of.js';
import { OneAtATime } from './one-at-a-time.js';

export interface LoginAttempt {
  readonly email: string;
  /** Network address of the client. */
  readonly address: string;
  /** The device whose token came along and is valid for this very account. */
  readonly knownDeviceId: string | null;
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
  private readonly turns = new OneAtATime();

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
   * Counts a login as failed before it is tried, and takes that back when it was none.
   *
   * @param verify compares the password; returns whether it was right, and throws when that could not be found out. Is
   *   told how many tries of this account, or on this known device, have failed before it in this window
   * @throws {AppError} `too_many_requests` before anything expensive; `validation_failed` when the address is none
   */
  async guard(login: LoginAttempt, verify: (failures: number) => Promise<boolean>): Promise<boolean> {
    const { knownDeviceId } = login;
    const work =
      knownDeviceId === null
        ? () => this.guardAnywhere(accountKey(login.email), networkOf(login.address), verify)
        : () => this.guardOnDevice(knownDeviceId, verify);
    // In turn, so that many good logins at once are not taken for many guesses.
    return this.turns.run(knownDeviceId ?? accountKey(login.email), work);
  }

  /** Whoever forgot a password has often guessed at it first: the new one is to work at once. */
  async resetFailures(email: string): Promise<void> {
    await this.accounts.reset(accountKey(email));
  }

  private async guardOnDevice(
    deviceId: string,
    verify: (failures: number) => Promise<boolean>,
  ): Promise<boolean> {
    const reserved = await this.devices.reserve(deviceId);
    const isRight = await orElse(
      () => verify(reserved - 1),
      () => this.devices.giveBack(deviceId),
    );
    if (isRight) await this.devices.reset(deviceId);
    return isRight;
  }

  private async guardAnywhere(
    account: string,
    network: string,
    verify: (failures: number) => Promise<boolean>,
  ): Promise<boolean> {
    // The network first: a flood of made-up addresses from one place ends here and adds no more accounts to the store.
    await this.networks.reserve(network);
    // Nothing was guessed. One locked account must not lock out its whole office.
    const reserved = await orElse(
      () => this.accounts.reserve(account),
      () => this.networks.giveBack(network),
    );
    const isRight = await orElse(
      () => verify(reserved - 1),
      async () => {
        await Promise.all([this.accounts.giveBack(account), this.networks.giveBack(network)]);
      },
    );
    if (isRight) await Promise.all([this.accounts.reset(account), this.networks.giveBack(network)]);
    return isRight;
  }
}

/** Does the work, or takes back what was reserved for it. */
async function orElse<T>(work: () => Promise<T>, takeBack: () => Promise<void>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await takeBack();
    throw error;
  }
}

/** Not the address itself: what is kept in Redis needs no personal data. */
function accountKey(email: string): string {
  return createHash('sha256').update(normaliseEmail(email)).digest('base64url');
}
