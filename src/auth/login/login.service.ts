import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Device } from '../../devices/device.entity.js';
import { DeviceRegistry, type RegisteredDevice } from '../../devices/device-registry.js';
import { AppError } from '../../errors/app-error.js';
import type { RequestClient } from '../../http/routes/request-client.js';
import { SecurityEvents } from '../../security-events/security-events.js';
import { SessionRotation } from '../../sessions/refresh/session-rotation.js';
import { type RevokingTransaction, SessionRevoker } from '../../sessions/session-revoker.js';
import { type OpenedSession, SessionsService } from '../../sessions/sessions.service.js';
import { User } from '../../users/user.entity.js';
import { UsersService } from '../../users/users.service.js';
import { LoginAttempts } from '../attempts/login-attempts.js';
import { LoginSuspicions } from './login-suspicions.js';

/** RFC 8176: the user gave a password. */
export const PASSWORD_AMR = ['pwd'];

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly deviceToken: string | undefined;
  readonly deviceName: string | undefined;
  /** Of the browser's former session, which the new one takes the place of. */
  readonly formerRefreshToken?: string | undefined;
}

export interface CompletedLogin extends RegisteredDevice, OpenedSession {
  readonly user: User;
}

/** Somebody who has given the right password, as they were found before. */
interface Proven {
  readonly user: User;
  readonly failures: number;
  /** The device whose token came along. */
  readonly known: Device | null;
  /** The same, where another client presents its token. */
  readonly shared: Device | null;
}

/** Opens a session for whoever gives the right password. */
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
  ) {}

  /**
   * The order of the steps is the same for every address, known or not, and so is their cost.
   *
   * @throws {AppError} invalid_credentials, account_disabled, too_many_requests or overloaded
   */
  async open(credentials: Credentials, client: RequestClient): Promise<CompletedLogin> {
    const proven = await this.prove(credentials, client);
    const { result } = await this.revoker.inTransaction((transaction) =>
      this.openWithin(transaction, credentials, proven, client),
    );
    return result;
  }

  private async prove({ email, password, deviceToken }: Credentials, client: RequestClient): Promise<Proven> {
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
    return { user: found, failures, known, shared };
  }

  private async openWithin(
    transaction: RevokingTransaction,
    { deviceToken, deviceName, formerRefreshToken }: Credentials,
    proven: Proven,
    client: RequestClient,
  ): Promise<CompletedLogin> {
    const { manager } = transaction;
    const user = await lockActive(manager, proven.user);
    const device = await this.devices.register(manager, {
      userId: user.id,
      client,
      // Whoever holds a copy of a token is not taken for the device.
      deviceToken: proven.shared ? undefined : deviceToken,
      deviceName,
    });
    const session = await this.sessions.open(transaction, {
      userId: user.id,
      deviceId: device.deviceId,
      ...client,
      amr: PASSWORD_AMR,
      replaces: formerRefreshToken && this.rotation.sessionOf(formerRefreshToken),
    });
    const login = { user, ...device, ...session };
    await this.report(transaction, login, proven, client);
    return login;
  }

  /** Records what the user should know about this login, and answers a copied device token. */
  private async report(
    transaction: RevokingTransaction,
    { user, sessionId, deviceId, deviceName, isNewcomer }: CompletedLogin,
    { failures, known, shared }: Proven,
    client: RequestClient,
  ): Promise<void> {
    const { manager } = transaction;
    if (isNewcomer) {
      await this.events.record(manager, {
        kind: 'new_device_sign_in',
        userId: user.id,
        sessionId,
        deviceId,
        address: client.address,
        detail: { device: deviceName },
      });
    }
    if (this.suspicions.afterFailures(failures, known !== null) !== 'off') {
      await this.suspicions.tellOfGuess(manager, { userId: user.id, sessionId, failures, client });
    }
    if (shared) await this.suspicions.answerShared(transaction, shared, sessionId, client);
  }

  /** Refused like a wrong password, and counted like one: the guesser learns nothing, the owner is told. */
  private async refusesGuess(
    user: User,
    failures: number,
    known: Device | null,
    client: RequestClient,
  ): Promise<boolean> {
    if (this.suspicions.afterFailures(failures, known !== null) !== 'end') return false;
    const guess = { userId: user.id, sessionId: null, failures, client };
    await this.revoker.inTransaction(async (transaction) => {
      await this.suspicions.tellOfGuess(transaction.manager, guess);
      transaction.announce(user.id);
    });
    return true;
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
