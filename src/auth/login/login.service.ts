import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditLog } from '../../audit/audit-log.js';
import type { Device } from '../../devices/device.entity.js';
import { DeviceRegistry, type RegisteredDevice } from '../../devices/device-registry.js';
import { AppError } from '../../errors/app-error.js';
import { toAppError } from '../../errors/to-app-error.js';
import type { RequestClient } from '../../http/routes/request-client.js';
import { SecurityEvents } from '../../security-events/security-events.js';
import { SessionRotation } from '../../sessions/refresh/session-rotation.js';
import { type RevokingTransaction, SessionRevoker } from '../../sessions/session-revoker.js';
import {
  type OpenedSession,
  type SessionClaims,
  type SessionOfUser,
  SessionsService,
} from '../../sessions/sessions.service.js';
import { networkOf } from '../../shares/network-of.js';
import { userFrom } from '../../shares/share.js';
import { normaliseEmail } from '../../users/email-address.js';
import { lockUser } from '../../users/lock-user.js';
import type { User } from '../../users/user.entity.js';
import { UsersService } from '../../users/users.service.js';
import { LoginAttempts } from '../attempts/login-attempts.js';
import { LoginSuspicions } from './login-suspicions.js';

/** RFC 8176: password-based authentication. */
export const PASSWORD_AMR = ['pwd'];

const LOGIN = { event: 'login' };

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** A browser that several people use has one for each of them. */
  readonly deviceTokens: readonly string[];
  readonly deviceName: string | undefined;
  /** The resources that tokens are asked for; `null`: all. */
  readonly audience: readonly string[] | null;
  /** Belongs to the browser's previous session, which the new session replaces. It may be another user's. */
  readonly formerRefreshToken?: string | undefined;
}

interface Login extends RegisteredDevice, OpenedSession {
  readonly user: User;
}

export interface CompletedLogin extends Login, SessionClaims {}

/** The result of a login attempt with the correct password. */
interface VerifiedLogin {
  /** As read before the password was verified. */
  readonly user: User;
  /** Wrong passwords before this one. */
  readonly failures: number;
  /** The device whose token was sent with the login. */
  readonly knownDevice: Device | null;
  /** The token that identified it. */
  readonly deviceToken: string | undefined;
  /** The device whose token was sent, if the token seems to be a copy. */
  readonly copiedFrom: Device | null;
}

/** Verifies the password and opens a session. */
@Injectable()
export class LoginService {
  constructor(
    private readonly revoker: SessionRevoker,
    private readonly users: UsersService,
    private readonly devices: DeviceRegistry,
    private readonly sessions: SessionsService,
    private readonly rotation: SessionRotation,
    private readonly events: SecurityEvents,
    private readonly attempts: LoginAttempts,
    private readonly suspicions: LoginSuspicions,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Takes the same steps, at the same cost, for known and unknown addresses.
   *
   * @throws {AppError} invalid_credentials, account_disabled, too_many_requests or overloaded
   */
  async open(credentials: Credentials, client: RequestClient): Promise<CompletedLogin> {
    const user = await this.users.findByEmail(credentials.email);
    try {
      const login = await this.openAs(user, credentials, client);
      const { sessionId, deviceId } = login;
      const actor = `user:${login.user.id}`;
      this.audit.write({ ...LOGIN, outcome: 'success', actor, userId: login.user.id, sessionId, deviceId });
      return login;
    } catch (error) {
      const reason = toAppError(error).code;
      this.audit.write({
        ...LOGIN,
        outcome: 'failure',
        actor: 'anonymous',
        userId: user?.id ?? null,
        reason,
      });
      throw error;
    }
  }

  private async openAs(
    user: User | null,
    credentials: Credentials,
    client: RequestClient,
  ): Promise<CompletedLogin> {
    const verified = await this.verify(user, credentials, client);
    const { result } = await this.revoker.inTransaction(
      (transaction) => this.openWithin(transaction, credentials, verified, client),
      userFrom(client.address, verified.user.id),
    );
    return result;
  }

  private async verify(
    user: User | null,
    { email, password, deviceTokens }: Credentials,
    client: RequestClient,
  ): Promise<VerifiedLogin> {
    const found = await this.devices.findKnown(user?.id ?? UNKNOWN_USER, deviceTokens);
    const device = found?.device ?? null;
    const isCopied = device !== null && this.suspicions.isTokenCopied(device, client);
    const knownDevice = isCopied ? null : device;
    // A copied token does not identify the device.
    const deviceToken = isCopied ? undefined : found?.token;
    const share = {
      network: networkOf(client.address),
      account: normaliseEmail(email),
      isKnown: knownDevice !== null,
    };
    let failures = 0;
    const isVerified = await this.attempts.guard(
      { email, address: client.address, knownDeviceId: knownDevice?.id ?? null },
      async (failuresBefore) => {
        failures = failuresBefore;
        const isCorrect = await this.users.verifyPassword(user, password, share);
        return isCorrect && user !== null && !(await this.refusesGuess(user, failures, knownDevice, client));
      },
    );
    if (!isVerified || !user) throw new AppError('invalid_credentials');
    return { user, failures, knownDevice, deviceToken, copiedFrom: isCopied ? device : null };
  }

  private async openWithin(
    transaction: RevokingTransaction,
    { deviceName, formerRefreshToken, audience }: Credentials,
    verified: VerifiedLogin,
    client: RequestClient,
  ): Promise<CompletedLogin> {
    const { manager } = transaction;
    // A copied cookie says nothing about this browser, and its owner must see the session end as suspicious, if at all.
    const replaces = verified.copiedFrom
      ? null
      : await this.formerSession(manager, verified.user.id, formerRefreshToken);
    const user = await requireUnchanged(manager, verified.user);
    const device = await this.devices.register(manager, {
      userId: user.id,
      client,
      deviceToken: verified.deviceToken,
      deviceName,
    });
    const session = await this.sessions.open(transaction, {
      userId: user.id,
      deviceId: device.deviceId,
      ...client,
      amr: PASSWORD_AMR,
      audience,
      replaces,
    });
    const login = { user, ...device, ...session };
    await this.report(transaction, login, verified, client);
    return { ...login, ...(await this.sessions.claimsOf(session.sessionId, manager)) };
  }

  /**
   * The session that the browser's cookies belong to. If it is another user's, both users are locked, in the order of
   * their ids: two browsers whose users change places would otherwise wait for one another.
   */
  private async formerSession(
    manager: EntityManager,
    userId: string,
    refreshToken: string | undefined,
  ): Promise<SessionOfUser | null> {
    const sessionId = refreshToken && this.rotation.sessionOf(refreshToken);
    const former = sessionId ? await this.sessions.findOwned(sessionId, manager) : null;
    if (!former || former.userId === userId) return former;
    for (const id of [userId, former.userId].sort()) await lockUser(manager, id);
    return former;
  }

  /** Records the security events of this login, and responds to a copied device token. */
  private async report(
    transaction: RevokingTransaction,
    { user, sessionId, deviceId, deviceName, kind, brand, isNewDevice }: Login,
    { failures, knownDevice, copiedFrom }: VerifiedLogin,
    client: RequestClient,
  ): Promise<void> {
    const { manager } = transaction;
    // First, because it revokes sessions (see `routeNotice`).
    if (copiedFrom) {
      await this.suspicions.respondToCopiedToken(transaction, copiedFrom, sessionId, client);
    }
    if (isNewDevice) {
      await this.events.record(manager, {
        kind: 'new_device_sign_in',
        userId: user.id,
        sessionId,
        deviceId,
        client,
        detail: { device: deviceName, kind, brand },
      });
    }
    if (this.suspicions.afterFailures(failures, knownDevice !== null) !== 'off') {
      await this.suspicions.recordGuess(manager, { userId: user.id, sessionId, failures, client });
    }
  }

  /**
   * Whether the policy refuses this correct password because it was probably guessed. It is then refused and
   * counted like a wrong one, so that the attacker learns nothing, and reported to the user.
   */
  private async refusesGuess(
    user: User,
    failures: number,
    knownDevice: Device | null,
    client: RequestClient,
  ): Promise<boolean> {
    if (this.suspicions.afterFailures(failures, knownDevice !== null) !== 'end') return false;
    const guess = { userId: user.id, sessionId: null, failures, client };
    await this.revoker.inTransaction(
      async (transaction) => {
        await this.suspicions.recordGuess(transaction.manager, guess);
        transaction.announce(user.id);
      },
      userFrom(client.address, user.id),
    );
    return true;
  }
}

/** The id of no user: a UUIDv7 is never nil. */
const UNKNOWN_USER = '00000000-0000-0000-0000-000000000000';

/**
 * Locks the user until the session is open: a transaction that disables the user waits for it, and then finds
 * the new session and revokes it.
 *
 * @throws {AppError} invalid_credentials if the password has changed since it was verified, because the
 *   sessions of the old password have been revoked; account_disabled
 */
async function requireUnchanged(manager: EntityManager, verified: User): Promise<User> {
  const user = await lockUser(manager, verified.id);
  if (user?.passwordVersion !== verified.passwordVersion) throw new AppError('invalid_credentials');
  if (user.status !== 'active') throw new AppError('account_disabled');
  return user;
}
