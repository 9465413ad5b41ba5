import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Device } from '../devices/device.entity.js';
import { DeviceRegistry } from '../devices/device-registry.js';
import { AppError } from '../errors/app-error.js';
import type { Client } from '../http/client-info.js';
import type { Principal } from '../http/principal.js';
import { emailToConfirm } from '../mail/mail-kind.js';
import { Outbox } from '../mail/outbox.js';
import { SecurityEvents } from '../security-events/security-events.js';
import { SessionClock } from '../sessions/session-clock.js';
import { type RotatedSession, SessionRotation } from '../sessions/session-rotation.js';
import { type Enforcement, SessionsService } from '../sessions/sessions.service.js';
import { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { AccessTokenIssuer } from './access-token.issuer.js';
import { LoginAttempts } from './login-attempts.js';
import { LoginSuspicions } from './login-suspicions.js';
import { RegisterAttempts } from './register-attempts.js';

/** RFC 8176: the user gave a password. */
const PASSWORD_AMR = ['pwd'];

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly deviceToken: string | undefined;
  readonly deviceName: string | undefined;
  /** Of the browser's former session, which the new one takes the place of. */
  readonly formerRefreshToken?: string | undefined;
}

export interface IssuedTokens {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly deviceId: string;
}

/** Lets people in, keeps them in, and lets them go. */
@Injectable()
export class AuthService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly devices: DeviceRegistry,
    private readonly sessions: SessionsService,
    private readonly events: SecurityEvents,
    private readonly outbox: Outbox,
    private readonly rotation: SessionRotation,
    private readonly accessTokens: AccessTokenIssuer,
    private readonly clock: SessionClock,
    private readonly attempts: LoginAttempts,
    private readonly suspicions: LoginSuspicions,
    private readonly registrations: RegisterAttempts,
  ) {}

  /** @throws {AppError} email_taken, password_rejected, too_many_requests or overloaded */
  async register(email: string, password: string, { address }: Client): Promise<User> {
    return this.registrations.guard(address, () =>
      this.users.create({ email, password }, (manager, user) =>
        this.outbox.add(manager, emailToConfirm(user.id)),
      ),
    );
  }

  /**
   * The order of the steps is the same for every address, known or not, and so is their cost.
   *
   * @throws {AppError} invalid_credentials, account_disabled, too_many_requests or overloaded
   */
  async login(
    { email, password, deviceToken, deviceName, formerRefreshToken }: Credentials,
    client: Client,
  ): Promise<IssuedTokens & { deviceToken: string }> {
    const found = await this.users.findByEmail(email);
    const holder = deviceToken ? await this.devices.findKnown(found?.id ?? NOBODY, deviceToken) : null;
    const shared = holder && this.suspicions.isShared(holder, client) ? holder : null;
    const known = shared ? null : holder;
    let failures = 0;
    const isRight = await this.attempts.guard(
      { email, address: client.address, knownDeviceId: known?.id ?? null },
      async (failuresBefore) => {
        failures = failuresBefore;
        const isPassword = await this.users.verifyPassword(found, password);
        return isPassword && found !== null && !(await this.refusesGuess(found, failures, known, client));
      },
    );
    if (!isRight || !found) throw new AppError('invalid_credentials');

    const opened = await this.dataSource.transaction(async (manager) => {
      const user = await lockActive(manager, found);
      const device = await this.devices.register(manager, {
        userId: user.id,
        client,
        // Whoever holds a copy of a token is not taken for the device.
        deviceToken: shared ? undefined : deviceToken,
        deviceName,
      });
      const session = await this.sessions.open(manager, {
        userId: user.id,
        deviceId: device.deviceId,
        ...client,
        amr: PASSWORD_AMR,
        replaces: formerRefreshToken && this.rotation.sessionOf(formerRefreshToken),
      });
      if (device.isNewcomer) {
        await this.events.record(manager, {
          kind: 'new_device_sign_in',
          userId: user.id,
          sessionId: session.sessionId,
          deviceId: device.deviceId,
          address: client.address,
          detail: { device: device.deviceName },
        });
      }
      if (this.suspicions.afterFailures(failures, known !== null) !== 'off') {
        const { sessionId } = session;
        await this.suspicions.tellOfGuess(manager, { userId: user.id, sessionId, failures, client });
      }
      const ended = shared
        ? await this.suspicions.answerShared(manager, shared, session.sessionId, client)
        : [];
      return { user, ...device, ...session, ended: [...session.ended, ...ended] };
    });
    this.sessions.announce(found.id);
    await this.sessions.enforce({ sessions: opened.ended });

    const { user, deviceToken: keptToken, ...session } = opened;
    const tokens = await this.tokensOf({
      ...session,
      userId: user.id,
      roles: user.roles,
      rolesVersion: user.rolesVersion,
      amr: PASSWORD_AMR,
      refreshToken: this.rotation.firstToken(session.sessionId),
    });
    return { ...tokens, deviceToken: keptToken };
  }

  /** @throws {AppError} invalid_grant */
  async refresh(refreshToken: string, client: Client): Promise<IssuedTokens> {
    return this.tokensOf(await this.rotation.rotate(refreshToken, client));
  }

  logout({ userId, sessionId }: Principal): Promise<Enforcement> {
    return this.sessions.revoke({ sessionId, userId }, 'logout', `user:${userId}`);
  }

  /** Refused like a wrong password, and counted like one: the guesser learns nothing, the owner is told. */
  private async refusesGuess(
    user: User,
    failures: number,
    known: Device | null,
    client: Client,
  ): Promise<boolean> {
    if (this.suspicions.afterFailures(failures, known !== null) !== 'end') return false;
    const guess = { userId: user.id, sessionId: null, failures, client };
    await this.dataSource.transaction((manager) => this.suspicions.tellOfGuess(manager, guess));
    this.sessions.announce(user.id);
    return true;
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

/** The id of no user: UUIDv7 is never nil. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Held until the session is in: whoever disables the user meanwhile waits, and then finds that session to end. */
async function lockActive(manager: EntityManager, found: User): Promise<User> {
  const user = await manager.findOne(User, { where: { id: found.id }, lock: { mode: 'for_no_key_update' } });
  // A password changed since it was compared lets nobody in any more: the sessions of that change are ended already.
  if (user?.passwordVersion !== found.passwordVersion) throw new AppError('invalid_credentials');
  if (user.status !== 'active') throw new AppError('account_disabled');
  return user;
}
