import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DeviceRegistry } from '../devices/device-registry.js';
import { AppError } from '../errors/app-error.js';
import type { Client } from '../http/client-info.js';
import type { Principal } from '../http/principal.js';
import { SessionRotation } from '../sessions/session-rotation.js';
import { type Enforcement, SessionsService } from '../sessions/sessions.service.js';
import { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { AccessTokenIssuer } from './access-token.issuer.js';
import { LoginAttempts } from './login-attempts.js';

/** RFC 8176: the user gave a password. */
const PASSWORD_AMR = ['pwd'];

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly deviceToken: string | undefined;
  readonly deviceName: string | undefined;
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
    private readonly rotation: SessionRotation,
    private readonly accessTokens: AccessTokenIssuer,
    private readonly attempts: LoginAttempts,
  ) {}

  /** @throws {AppError} email_taken, password_rejected, too_many_requests or overloaded */
  async register(email: string, password: string, { address }: Client): Promise<User> {
    const attempt = await this.attempts.beginRegistration({ address });
    try {
      const user = await this.users.create({ email, password });
      await attempt.succeeded();
      return user;
    } catch (error) {
      // Only finding out that an address is taken is a guess.
      if (!(error instanceof AppError && error.code === 'email_taken')) await attempt.succeeded();
      throw error;
    }
  }

  /**
   * The order of the steps is the same for every address, known or not, and so is their cost.
   *
   * @throws {AppError} invalid_credentials, account_disabled, too_many_requests or overloaded
   */
  async login(
    { email, password, deviceToken, deviceName }: Credentials,
    client: Client,
  ): Promise<IssuedTokens & { deviceToken: string }> {
    const found = await this.users.findByEmail(email);
    const known = deviceToken ? await this.devices.findKnown(found?.id ?? NOBODY, deviceToken) : null;
    const attempt = await this.attempts.begin({
      email,
      address: client.address,
      knownDeviceId: known?.id ?? null,
    });
    if (!(await this.users.verifyPassword(found, password)) || !found) {
      throw new AppError('invalid_credentials');
    }
    await attempt.succeeded();

    const opened = await this.dataSource.transaction(async (manager) => {
      const user = await lockActive(manager, found.id);
      const device = await this.devices.register(manager, {
        userId: user.id,
        client,
        deviceToken,
        deviceName,
      });
      const session = await this.sessions.open(manager, {
        userId: user.id,
        deviceId: device.deviceId,
        address: client.address,
        amr: PASSWORD_AMR,
      });
      return { user, ...device, ...session };
    });
    await this.sessions.enforce({ sessions: opened.ended });

    const { user, sessionId, deviceId, authTime } = opened;
    const access = await this.accessTokens.issue({
      userId: user.id,
      sessionId,
      roles: user.roles,
      rolesVersion: user.rolesVersion,
      authenticatedAt: authTime,
      amr: PASSWORD_AMR,
      now: new Date(),
    });
    return {
      accessToken: access.token,
      expiresInSeconds: access.expiresInSeconds,
      refreshToken: this.rotation.firstToken(sessionId),
      sessionId,
      deviceId,
      deviceToken: opened.deviceToken,
    };
  }

  /** @throws {AppError} invalid_grant */
  async refresh(refreshToken: string, { address }: Client): Promise<IssuedTokens> {
    const session = await this.rotation.rotate(refreshToken, address);
    const access = await this.accessTokens.issue({
      userId: session.userId,
      sessionId: session.sessionId,
      roles: session.roles,
      rolesVersion: session.rolesVersion,
      authenticatedAt: session.authTime,
      amr: session.amr,
      now: new Date(),
    });
    return {
      accessToken: access.token,
      expiresInSeconds: access.expiresInSeconds,
      refreshToken: session.refreshToken,
      sessionId: session.sessionId,
      deviceId: session.deviceId,
    };
  }

  logout({ userId, sessionId }: Principal): Promise<Enforcement> {
    return this.sessions.revoke({ sessionId, userId }, 'logout', `user:${userId}`);
  }
}

/** The id of no user: UUIDv7 is never nil. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Held until the session is in: whoever disables the user meanwhile waits, and then finds that session to end. */
async function lockActive(manager: EntityManager, userId: string): Promise<User> {
  const user = await manager.findOne(User, { where: { id: userId }, lock: { mode: 'for_no_key_update' } });
  if (!user) throw new AppError('invalid_credentials');
  if (user.status !== 'active') throw new AppError('account_disabled');
  return user;
}
