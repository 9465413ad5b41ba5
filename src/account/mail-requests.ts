import { emailKey } from '../auth/attempts/email-key.js';
import { FailureLimiter } from '../auth/attempts/failure-limiter.js';
import { boundedRedis, type LimiterRedis } from '../auth/attempts/limiter-redis.js';
import type { Config } from '../config/config.js';
import { AppError } from '../errors/app-error.js';
import { networkOf } from '../shares/network-of.js';

/** Enough for a user who checks the wrong folder first, and too few to flood a mailbox. */
const MAILS_PER_ADDRESS = 3;
const WINDOW_SECONDS = 900;
/** A stranger can register an address, and ask for mails to it again and again. */
const MAILS_PER_ADDRESS_AND_DAY = 10;
const DAY_SECONDS = 86_400;

/** Limits the mails that clients can request: to one mailbox, and from one network (OWASP Forgot Password). */
export class MailRequests {
  private readonly mailboxes: FailureLimiter;
  private readonly mailboxDays: FailureLimiter;
  private readonly networks: FailureLimiter;

  constructor({ perAddress }: Config['loginAttempts'], redis: LimiterRedis | null, keyPrefix: string) {
    const store = redis && boundedRedis(redis);
    const limiter = (failures: number, of: string, windowSeconds = WINDOW_SECONDS) =>
      new FailureLimiter({ failures, windowSeconds }, store, `${keyPrefix}:mail:${of}`);
    this.mailboxes = limiter(MAILS_PER_ADDRESS, 'mailbox');
    this.mailboxDays = limiter(MAILS_PER_ADDRESS_AND_DAY, 'mailbox-day', DAY_SECONDS);
    this.networks = limiter(perAddress, 'network');
  }

  /** @param address network address of the client. @throws {AppError} too_many_requests */
  async requireRoomFrom(address: string): Promise<void> {
    await this.networks.reserve(networkOf(address));
  }

  /** @throws {AppError} too_many_requests */
  async requireRoom(what: 'confirm' | 'reset', email: string): Promise<void> {
    const key = `${what}:${emailKey(email)}`;
    await this.mailboxes.reserve(key);
    await this.mailboxDays.reserve(key);
  }

  /** Like `requireRoom`, for callers that must not reveal the limit to the client. */
  async hasRoom(what: 'confirm' | 'reset', email: string): Promise<boolean> {
    try {
      await this.requireRoom(what, email);
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'too_many_requests') return false;
      throw error;
    }
  }
}
