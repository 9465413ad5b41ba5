import { Injectable } from '@nestjs/common';
import type { Principal } from '../http/routes/principal.js';
import type { RequestClient } from '../http/routes/request-client.js';
import { emailConfirmationMail } from '../mail/new-mail.js';
import { Outbox } from '../mail/outbox.js';
import { type RotatedSession, SessionRotation } from '../sessions/refresh/session-rotation.js';
import { SessionClock } from '../sessions/session-clock.js';
import { type RevocationOutcome, SessionRevoker } from '../sessions/session-revoker.js';
import { networkOf } from '../shares/network-of.js';
import { strangerFrom } from '../shares/share.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { AccessTokenIssuer } from './access-tokens/access-token.issuer.js';
import { RegisterAttempts } from './attempts/register-attempts.js';
import { type Credentials, LoginService, PASSWORD_AMR } from './login/login.service.js';

export interface IssuedTokens {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly deviceId: string;
}

/** Registers users, logs them in and out, and refreshes their tokens. */
@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly revoker: SessionRevoker,
    private readonly outbox: Outbox,
    private readonly rotation: SessionRotation,
    private readonly accessTokens: AccessTokenIssuer,
    private readonly clock: SessionClock,
    private readonly logins: LoginService,
    private readonly registrations: RegisterAttempts,
  ) {}

  /** @throws {AppError} email_taken, password_rejected, too_many_requests or overloaded */
  async register(email: string, password: string, { address }: RequestClient): Promise<User> {
    return this.registrations.guard(address, () =>
      this.users.create(
        { email, password },
        (manager, user) => this.outbox.request(manager, emailConfirmationMail(user.id, networkOf(address))),
        strangerFrom(address),
      ),
    );
  }

  /** @throws {AppError} invalid_credentials, account_disabled, too_many_requests or overloaded */
  async login(
    credentials: Credentials,
    client: RequestClient,
  ): Promise<IssuedTokens & { deviceToken: string }> {
    const { user, deviceToken, ...session } = await this.logins.open(credentials, client);
    const tokens = await this.tokensOf({
      ...session,
      userId: user.id,
      roles: user.roles,
      rolesVersion: user.rolesVersion,
      amr: PASSWORD_AMR,
      refreshToken: this.rotation.firstToken(session.sessionId),
    });
    return { ...tokens, deviceToken };
  }

  /** @throws {AppError} invalid_grant */
  async refresh(refreshToken: string, client: RequestClient): Promise<IssuedTokens> {
    return this.tokensOf(await this.rotation.rotate(refreshToken, client));
  }

  logout({ userId, sessionId }: Principal): Promise<RevocationOutcome> {
    return this.revoker.revoke({ sessionId, userId }, 'logout', `user:${userId}`);
  }

  private async tokensOf({ refreshToken, authTime, ...session }: RotatedSession): Promise<IssuedTokens> {
    const access = await this.accessTokens.issue({
      ...session,
      authenticatedAt: authTime,
      now: new Date(this.clock.now()),
    });
    return {
      accessToken: access.token,
      expiresInSeconds: access.expiresInSeconds,
      refreshToken,
      sessionId: session.sessionId,
      deviceId: session.deviceId,
    };
  }
}
