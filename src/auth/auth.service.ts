import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DeviceRegistry } from '../devices/device-registry.js';
import { AppError } from '../errors/app-error.js';
import type { Client } from '../http/client-info.js';
import type { Principal } from '../http/principal.js';
import { SecurityEvents } from '../security-events/security-events.js';
import { type RotatedSession, SessionRotation } from '../sessions/session-rotation.js';
import { type Enforcement, SessionsService } from '../sessions/sessions.service.js';
import { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { AccessTokenIssuer } from './access-token.issuer.js';
import { LoginAttempts } from './login-attempts.js';
import { RegisterAttempts } from './register-attempts.js';

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
    private readonly events: SecurityEvents,
    private readonly rotation: SessionRotation,
    private readonly accessTokens: AccessTokenIssuer,
    private readonly attempts: LoginAttempts,
    private readonly registrations: RegisterAttempts,
  ) {}

  /** @throws {AppError} email_taken, password_rejected, too_many_requests or overloaded */
  async register(email: string, password: string, { address }: Client): Promise<User> {
    return this.registrations.guard(address, () => this.users.create({ email, password }));
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
    const isRight = await this.attempts.guard(
      { email, address: client.address, knownDeviceId: known?.id ?? null },
      () => this.users.verifyPassword(found, password),
    );
    if (!isRight || !found) throw new AppError('invalid_credentials');

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
      return { user, ...device, ...session };
    });
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
  async refresh(refreshToken: string, { address }: Client): Promise<IssuedTokens> {
    return this.tokensOf(await this.rotation.rotate(refreshToken, address));
  }

  logout({ userId, sessionId }: Principal): Promise<Enforcement> {
    return this.sessions.revoke({ sessionId, userId }, 'logout', `user:${userId}`);
  }

  private async tokensOf({ refreshToken, authTime, ...session }: RotatedSession): Promise<IssuedTokens> {
    const access = await this.accessTokens.issue({
      ...session,
      authenticatedAt: authTime,
      now: new Date(),
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
async function lockActive(manager: EntityManager, userId: string): Promise<User> {
  const user = await manager.findOne(User, { where: { id: userId }, lock: { mode: 'for_no_key_update' } });
  if (!user) throw new AppError('invalid_credentials');
  if (user.status !== 'active') throw new AppError('account_disabled');
  return user;
}
