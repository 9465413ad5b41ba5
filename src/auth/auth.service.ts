import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.js';
import type { RequestClient } from '../http/routes/request-client.js';
import { emailConfirmationMail } from '../mail/new-mail.js';
import { Outbox } from '../mail/outbox.js';
import { SessionRotation } from '../sessions/refresh/session-rotation.js';
import { type RevocationOutcome, SessionRevoker } from '../sessions/session-revoker.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { networkOf } from '../shares/network-of.js';
import { strangerFrom } from '../shares/share.js';
import type { User } from '../users/user.entity.js';
import { type NewUser, UsersService } from '../users/users.service.js';
import { RegisterAttempts } from './attempts/register-attempts.js';
import { type Credentials, LoginService } from './login/login.service.js';
import { type IssuedTokens, SessionTokens } from './session-tokens.js';

/** Registers users, logs them in and out, and refreshes their tokens. */
@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly revoker: SessionRevoker,
    private readonly outbox: Outbox,
    private readonly sessions: SessionsService,
    private readonly rotation: SessionRotation,
    private readonly tokens: SessionTokens,
    private readonly logins: LoginService,
    private readonly registrations: RegisterAttempts,
    private readonly audit: AuditLog,
  ) {}

  /** @throws {AppError} email_taken, password_rejected, too_many_requests or overloaded */
  async register({ email, password, language }: NewUser, { address }: RequestClient): Promise<User> {
    const user = await this.registrations.guard(address, () =>
      this.users.create(
        { email, password, language },
        (manager, user) => this.outbox.request(manager, emailConfirmationMail(user.id, networkOf(address))),
        strangerFrom(address),
      ),
    );
    this.audit.write({ event: 'registration', outcome: 'success', actor: 'anonymous', userId: user.id });
    return user;
  }

  /** @throws {AppError} invalid_credentials, account_disabled, too_many_requests or overloaded */
  async login(
    credentials: Credentials,
    client: RequestClient,
  ): Promise<IssuedTokens & { deviceToken: string; language: string | null }> {
    const { user, deviceToken, ...session } = await this.logins.open(credentials, client);
    return { ...(await this.tokens.first(session, user)), deviceToken, language: user.language };
  }

  /**
   * @param audience the resources that are asked for; `null`: those of the session. If it was not opened for them, the
   *   refresh token stays valid: its successor has not been used
   * @throws {AppError} invalid_grant, insufficient_user_authentication or invalid_target
   */
  async refresh(
    refreshToken: string,
    client: RequestClient,
    audience: readonly string[] | null = null,
  ): Promise<IssuedTokens> {
    return this.tokens.of(await this.rotation.rotate(refreshToken, client), audience);
  }

  /** Revokes these sessions. One that is unknown ended so long ago that its row has been deleted. */
  async logout(sessionIds: readonly string[]): Promise<RevocationOutcome> {
    const outcomes = await Promise.all(sessionIds.map((sessionId) => this.logOutOf(sessionId)));
    return outcomes.includes('pending') ? 'pending' : 'enforced';
  }

  private async logOutOf(sessionId: string): Promise<RevocationOutcome> {
    const session = await this.sessions.findOwned(sessionId);
    if (!session) return 'enforced';
    return this.revoker.revoke(session, 'logout', `user:${session.userId}`);
  }
}
