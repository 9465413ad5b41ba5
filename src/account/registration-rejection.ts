import { Injectable } from '@nestjs/common';
import { AppError } from '../errors/app-error.js';
import { type RevocationOutcome, SessionRevoker } from '../sessions/session-revoker.js';
import { lockUser } from '../users/lock-user.js';
import { UsersService } from '../users/users.service.js';
import { AccountLinks } from './links/account-links.js';
import { RejectedRegistration } from './rejected-registration.entity.js';

/** "I didn't register": removes an account that someone else opened with the address of the person who got the mail. */
@Injectable()
export class RegistrationRejection {
  constructor(
    private readonly revoker: SessionRevoker,
    private readonly links: AccountLinks,
    private readonly users: UsersService,
  ) {}

  /**
   * Revokes every session, disables the account and frees its address at once. The rows are deleted later, by the sweeper:
   * every instance must be able to read for some time which sessions have ended.
   *
   * @throws {AppError} invalid_link, also for an address that is confirmed
   */
  async reject(token: string): Promise<RevocationOutcome> {
    const { outcome } = await this.revoker.inTransaction(async (transaction) => {
      const { manager } = transaction;
      const { user } = await this.links.use(manager, 'confirm_email', token);
      const locked = await lockUser(manager, user.id);
      if (!locked || locked.emailConfirmedAt !== null) throw new AppError('invalid_link');
      await this.users.releaseEmail(manager, user.id);
      await manager.insert(RejectedRegistration, { userId: user.id });
      await transaction.revoke({ userId: user.id }, 'disowned', 'latchkey');
    });
    return outcome;
  }
}
