import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LoginAttempts } from '../auth/attempts/login-attempts.js';
import { shownEmail } from '../email-addresses/address-text.js';
import { AppError } from '../errors/app-error.js';
import type { Principal } from '../http/routes/principal.js';
import type { RequestClient } from '../http/routes/request-client.js';
import { emailConfirmationMail } from '../mail/new-mail.js';
import { Outbox } from '../mail/outbox.js';
import { SecurityEvents } from '../security-events/security-events.js';
import { SessionRevoker } from '../sessions/session-revoker.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { strangerFrom } from '../shares/share.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { AccountLinks } from './links/account-links.js';
import { MailRequests } from './mail-requests.js';

/** Cached sessions that show the confirmed address at once. Any others show it once they are read again. */
const REFRESHED_AT_ONCE = 500;

/** Shows that the user who confirms an address registered it, too. */
export interface RegistrantProof {
  readonly caller: Principal | null;
  readonly password: string | null;
}

/** Confirms that an email address belongs to its user. */
@Injectable()
export class EmailConfirmation {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: AccountLinks,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly revoker: SessionRevoker,
    private readonly events: SecurityEvents,
    private readonly outbox: Outbox,
    private readonly requests: MailRequests,
    private readonly attempts: LoginAttempts,
  ) {}

  /**
   * A stranger can register any address. So its owner confirms it only together with the account: otherwise a click on the
   * link in the mail would make the stranger's account a confirmed one.
   *
   * Succeeds again for a link that was used: people click twice.
   *
   * @throws {AppError} invalid_link, password_required, wrong_password, too_many_requests or overloaded
   */
  async confirm(token: string, proof: RegistrantProof, client: RequestClient): Promise<void> {
    try {
      await this.confirmOnce(token, proof, client);
    } catch (error) {
      const isInvalid = error instanceof AppError && error.code === 'invalid_link';
      if (!isInvalid || !(await this.links.isUsed('confirm_email', token))) throw error;
    }
  }

  private async confirmOnce(token: string, proof: RegistrantProof, client: RequestClient): Promise<void> {
    const { address } = client;
    const { user: registrant } = await this.links.requireOwner('confirm_email', token);
    await this.requireRegistrant(registrant, proof, address);
    await this.revoker.inTransaction(async (transaction) => {
      const { manager } = transaction;
      const { user } = await this.links.use(manager, 'confirm_email', token);
      if (await this.users.confirmEmail(manager, user.id)) {
        await this.events.record(manager, { kind: 'email_confirmed', userId: user.id, client });
      }
      // Access tokens and sessions show whether the address is confirmed.
      const sessions = await this.sessions.list(user.id, { limit: REFRESHED_AT_ONCE }, manager);
      transaction.invalidate(sessions.map(({ id }) => id));
      transaction.announce(user.id);
    }, strangerFrom(address));
  }

  private async requireRegistrant(
    user: User,
    { caller, password }: RegistrantProof,
    address: string,
  ): Promise<void> {
    if (caller?.userId === user.id) return;
    if (password === null) {
      // For the password manager of the browser; the link was mailed to this address.
      throw new AppError('password_required', { members: { email: shownEmail(user.email) } });
    }
    const attempt = { email: user.email, address, knownDeviceId: null };
    const isRight = await this.attempts.guard(attempt, () => this.users.verifyPassword(user, password));
    if (!isRight) throw new AppError('wrong_password');
  }

  /** Sends a new link, unless the address is confirmed already. @throws {AppError} mail_unavailable or too_many_requests */
  async resend(userId: string): Promise<void> {
    this.outbox.requireMail();
    const user = await this.users.requireById(userId);
    if (user.emailConfirmedAt !== null) return;
    await this.requests.requireRoom('confirm', user.email);
    await this.outbox.request(this.dataSource.manager, emailConfirmationMail(userId));
  }
}
