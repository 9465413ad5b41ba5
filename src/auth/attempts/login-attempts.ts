import type { Authenticator } from '@latchkey/revocation/redis/authenticator';
import type { Config } from '../../config/config.js';
import type { SessionClock } from '../../sessions/session-clock.js';
import { networkOf } from '../../shares/network-of.js';
import { emailKey } from './email-key.js';
import { FailureLimiter } from './failure-limiter.js';
import { boundedRedis, type LimiterRedis } from './limiter-redis.js';
import { OneAtATime } from './one-at-a-time.js';
import { ResetMarks } from './reset-marks.js';

export interface LoginAttempt {
  readonly email: string;
  /** Network address of the client. */
  readonly address: string;
  /** The device whose token was sent, if the token belongs to this account. */
  readonly knownDeviceId: string | null;
}

/**
 * Attempts allowed in a window, with right and wrong passwords, for each failure that is allowed. Far more than people
 * need, and too few to keep the hashing busy with right passwords.
 */
const ATTEMPTS_PER_FAILURE = 20;

/**
 * Slows down password guessing (NIST SP 800-63B, "Rate Limiting"; OWASP ASVS 5.0 6.3.1). Failures are counted
 * per account, whether or not the account exists, and per network. Attempts from a device that the account
 * knows are counted for that device only, so that failures elsewhere cannot lock the user out of it. Attempts with the
 * right password are limited as well, because each costs a hash.
 */
export class LoginAttempts {
  private readonly accounts: FailureLimiter;
  private readonly networks: FailureLimiter;
  private readonly devices: FailureLimiter;
  private readonly all: FailureLimiter;
  private readonly allOfNetworks: FailureLimiter;
  private readonly turns = new OneAtATime();

  constructor(
    { perAccount, perAddress, windowSeconds }: Config['loginAttempts'],
    redis: LimiterRedis | null,
    keyPrefix: string,
    authenticator: Authenticator | null,
    clock: SessionClock,
  ) {
    const store = redis && boundedRedis(redis);
    const limiter = (failures: number, name: string) => {
      const prefix = `${keyPrefix}:login:${name}`;
      const resetMarks =
        store && authenticator && new ResetMarks(store, authenticator, clock, prefix, windowSeconds);
      return new FailureLimiter({ failures, windowSeconds }, store, prefix, resetMarks);
    };
    this.accounts = limiter(perAccount, 'account');
    this.networks = limiter(perAddress, 'network');
    this.devices = limiter(perAccount, 'device');
    this.all = limiter(perAccount * ATTEMPTS_PER_FAILURE, 'attempts');
    this.allOfNetworks = limiter(perAddress * ATTEMPTS_PER_FAILURE, 'attempts-of-network');
  }

  /**
   * Counts a login as failed before the password is verified, and undoes that if the password is correct.
   *
   * @param verify verifies the password; returns whether it is correct, and throws if that cannot be
   *   determined. Receives the number of failures of this account, or on this known device, in the current
   *   window
   * @throws {AppError} `too_many_requests` before any expensive step; `validation_failed` for a malformed
   *   address
   */
  async guard(login: LoginAttempt, verify: (failures: number) => Promise<boolean>): Promise<boolean> {
    const { knownDeviceId } = login;
    const work =
      knownDeviceId === null
        ? () => this.guardAnywhere(emailKey(login.email), networkOf(login.address), verify)
        : () => this.guardOnDevice(knownDeviceId, verify);
    // One at a time, so that many correct logins at once are not counted as guesses.
    return this.turns.run(knownDeviceId ?? emailKey(login.email), work);
  }

  /** For a password reset: users often try several passwords first, and the new one must work at once. */
  async resetFailures(email: string): Promise<void> {
    await this.accounts.reset(emailKey(email));
  }

  private async guardOnDevice(
    deviceId: string,
    verify: (failures: number) => Promise<boolean>,
  ): Promise<boolean> {
    const reserved = await this.devices.reserve(deviceId);
    const isCorrect = await withRollback(
      async () => {
        await this.all.reserve(deviceId);
        return verify(reserved - 1);
      },
      () => this.devices.release(deviceId),
    );
    if (isCorrect) await this.devices.reset(deviceId);
    return isCorrect;
  }

  private async guardAnywhere(
    account: string,
    network: string,
    verify: (failures: number) => Promise<boolean>,
  ): Promise<boolean> {
    // The network first: it stops a flood of invented addresses from one network before they fill the store.
    await this.networks.reserve(network);
    // A refused attempt is no guess, so the network is released: one locked account must not lock out its
    // whole office.
    const reserved = await withRollback(
      () => this.accounts.reserve(account),
      () => this.networks.release(network),
    );
    const isCorrect = await withRollback(
      async () => {
        await this.allOfNetworks.reserve(network);
        await this.all.reserve(account);
        return verify(reserved - 1);
      },
      async () => {
        await Promise.all([this.accounts.release(account), this.networks.release(network)]);
      },
    );
    if (isCorrect) await Promise.all([this.accounts.reset(account), this.networks.release(network)]);
    return isCorrect;
  }
}

/** Runs `work`. If it throws, calls `rollback` and throws the same error. */
async function withRollback<T>(work: () => Promise<T>, rollback: () => Promise<void>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await rollback();
    throw error;
  }
}
