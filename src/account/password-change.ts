import { Injectable } from '@nestjs/common';
import { LoginAttempts } from '../auth/attempts/login-attempts.js';
import { PASSWORD_AMR } from '../auth/login/login.service.js';
import { type IssuedTokens, SessionTokens } from '../auth/session-tokens.js';
import { AppError } from '../errors/app-error.js';
import type { Principal } from '../http/routes/principal.js';
import type { RequestClient } from '../http/routes/request-client.js';
import { SecurityEvents } from '../security-events/security-events.js';
import { endDeviceTrust } from '../sessions/device-trust.js';
import { type RevocationOutcome, SessionRevoker } from '../sessions/session-revoker.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { userFrom } from '../shares/share.js';
import { lockUser } from '../users/lock-user.js';
import { UsersService } from '../users/users.service.js';
import { AccountLinks } from './links/account-links.js';

export interface ChangedPassword {
  readonly tokens: IssuedTokens;
  readonly outcome: RevocationOutcome;
}

/** Sets a new password for a user who is logged in and knows the current one. */
@Injectable()
export class PasswordChange {
  constructor(
    private readonly revoker: SessionRevoker,
    private readonly links: AccountLinks,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
    private readonly events: SecurityEvents,
    private readonly attempts: LoginAttempts,
    private readonly tokens: SessionTokens,
  ) {}

  /**
   * Revokes every session of the user. The caller gets a new one on the same device, so that copies of their old tokens
   * are refused too. Wrong passwords count against the device, as at a login.
   *
   * @throws {AppError} wrong_password, password_rejected, session_revoked, too_many_requests or overloaded
   */
  async change(
    { userId, sessionId }: Principal,
    current: string,
    wanted: string,
    client: RequestClient,
  ): Promise<ChangedPassword> {
    const { address } = client;
    const share = userFrom(address, userId);
    const [user, deviceId] = await Promise.all([
      this.users.requireById(userId),
      this.sessions.requireDeviceOf(sessionId),
    ]);
    const isRight = await this.attempts.guard({ email: user.email, address, knownDeviceId: deviceId }, () =>
      this.users.verifyPassword(user, current, share),
    );
    if (!isRight) throw new AppError('wrong_password');
    const passwordHash = await this.users.hashNew(wanted, user.email, share);
    const { result, outcome } = await this.revoker.inTransaction(async (transaction) => {
      const { manager } = transaction;
      const locked = await lockUser(manager, userId);
      // Another change or a reset came first: the password that was verified above is no longer the current one.
      if (locked?.passwordVersion !== user.passwordVersion) throw new AppError('wrong_password');
      await endDeviceTrust(manager, userId, { exceptDeviceId: deviceId });
      await this.users.setPassword(manager, userId, passwordHash);
      await this.links.voidAll(manager, userId, 'reset_password');
      const others = { userId, exceptSessionId: sessionId };
      const count = await transaction.revoke(others, 'password_changed', `user:${userId}`);
      const opening = {
        sessionId,
        userId,
        deviceId,
        address,
        userAgent: client.userAgent,
        amr: PASSWORD_AMR,
      };
      const session = await this.sessions.renew(transaction, opening);
      // It was revoked while the passwords were hashed. Nothing is changed for a caller who has been signed out.
      if (!session) throw new AppError('session_revoked');
      await this.events.record(manager, {
        kind: 'password_changed',
        userId,
        sessionId: session.sessionId,
        deviceId,
        client,
        detail: { sessions_ended: count },
      });
      const claims = await this.sessions.claimsOf(session.sessionId, manager);
      return { session: { ...session, deviceId, ...claims }, user: locked };
    }, share);
    return { tokens: await this.tokens.first(result.session, result.user), outcome };
  }
}
