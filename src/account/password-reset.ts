import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LoginAttempts } from '../auth/attempts/login-attempts.js';
import { shownEmail } from '../email-addresses/address-text.js';
import type { RequestClient } from '../http/routes/request-client.js';
import type { LanguageTag } from '../languages/languages.js';
import { passwordResetMail } from '../mail/new-mail.js';
import { Outbox } from '../mail/outbox.js';
import { SecurityEvents } from '../security-events/security-events.js';
import { endDeviceTrust } from '../sessions/device-trust.js';
import {
  type RevocationOutcome,
  type RevokingTransaction,
  SessionRevoker,
} from '../sessions/session-revoker.js';
import { networkOf } from '../shares/network-of.js';
import { userFrom } from '../shares/share.js';
import { emailSpelling } from '../users/email-address.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { AccountLinks } from './links/account-links.js';
import { MailRequests } from './mail-requests.js';

/** Sets a new password for a user who has forgotten the old one and can read their email. */
@Injectable()
export class PasswordReset {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: AccountLinks,
    private readonly users: UsersService,
    private readonly revoker: SessionRevoker,
    private readonly events: SecurityEvents,
    private readonly outbox: Outbox,
    private readonly requests: MailRequests,
    private readonly attempts: LoginAttempts,
  ) {}

  /**
   * Only stores the request. The account is looked up when the mail is sent, so neither the answer nor its timing
   * reveals whether the address is registered.
   *
   * @throws {AppError} mail_unavailable; validation_failed; too_many_requests per network, for any address
   */
  async request(address: string, client: RequestClient, language: LanguageTag | null): Promise<void> {
    this.outbox.requireMail();
    const email = emailSpelling(address);
    await this.requests.requireRoomFrom(client.address);
    if (!(await this.requests.hasRoom('reset', email))) return;
    const mail = passwordResetMail(email, networkOf(client.address), language);
    await this.outbox.request(this.dataSource.manager, mail);
  }

  /**
   * Sets the password and revokes every session. If the password is rejected, the link can be used again.
   *
   * @throws {AppError} invalid_link, password_rejected or overloaded
   */
  async reset(token: string, password: string, client: RequestClient): Promise<RevocationOutcome> {
    const { user } = await this.links.requireOwner('reset_password', token);
    const share = userFrom(client.address, user.id);
    const passwordHash = await this.users.hashNew(password, user.email, share);
    const { outcome } = await this.revoker.inTransaction(async (transaction) => {
      await this.links.use(transaction.manager, 'reset_password', token);
      await this.replace(transaction, user, passwordHash, client);
    }, share);
    await this.attempts.resetFailures(user.email);
    return outcome;
  }

  /** The address as it is shown: the holder of the link could take the account over anyway. @throws {AppError} invalid_link */
  async requireEmail(token: string): Promise<string> {
    return shownEmail((await this.links.requireOwner('reset_password', token)).user.email);
  }

  private async replace(
    transaction: RevokingTransaction,
    { id: userId }: User,
    passwordHash: string,
    client: RequestClient,
  ): Promise<void> {
    const { manager } = transaction;
    await endDeviceTrust(manager, userId);
    await this.users.setPassword(manager, userId, passwordHash);
    // The link was mailed, so the user can read this mailbox.
    await this.users.confirmEmail(manager, userId);
    await this.links.voidAll(manager, userId, 'reset_password');
    const count = await transaction.revoke({ userId }, 'password_reset', `user:${userId}`);
    await this.events.record(manager, {
      kind: 'password_reset',
      userId,
      client,
      detail: { sessions_ended: count },
    });
  }
}
