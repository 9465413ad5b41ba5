import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DeviceRegistry } from '../../devices/device-registry.js';
import { AppError } from '../../errors/app-error.js';
import type { Principal } from '../../http/routes/principal.js';
import type { RequestClient } from '../../http/routes/request-client.js';
import { SecurityEvent } from '../../security-events/security-event.entity.js';
import type { SecurityEventKind } from '../../security-events/security-event-kind.js';
import { SecurityEvents } from '../../security-events/security-events.js';
import { endDeviceTrust } from '../../sessions/device-trust.js';
import { lockAccount } from '../../sessions/lock-account.js';
import { type RevocationOutcome, SessionRevoker } from '../../sessions/session-revoker.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { shareOf } from '../../shares/share.js';
import { AnswerLimit } from './answer-limit.js';
import { answerAbout, isUnconfirmedDevice, unansweredSignIns } from './unanswered-sign-ins.js';

export interface Questions {
  readonly signIns: readonly SecurityEvent[];
  /** Whether the caller's device may answer "It was me". */
  readonly canConfirm: boolean;
}

/** A sign-in from a new device, and what is known about it. */
interface AskedSignIn {
  readonly deviceId: string;
  readonly sessionId: string | null;
  readonly deviceName: unknown;
  readonly ownDeviceId: string;
}

/** What a user who is logged in says about sign-ins from new devices. */
@Injectable()
export class SignInAnswers {
  constructor(
    private readonly dataSource: DataSource,
    private readonly revoker: SessionRevoker,
    private readonly sessions: SessionsService,
    private readonly devices: DeviceRegistry,
    private readonly events: SecurityEvents,
    private readonly limit: AnswerLimit,
  ) {}

  async list({ userId, sessionId }: Principal): Promise<Questions> {
    const { manager } = this.dataSource;
    const deviceId = await this.sessions.requireDeviceOf(sessionId);
    const signIns = await unansweredSignIns(manager, userId, deviceId);
    const canConfirm = signIns.length > 0 && !(await isUnconfirmedDevice(manager, userId, deviceId));
    return { signIns, canConfirm };
  }

  /**
   * "It was me". Idempotent. Two new devices could otherwise confirm one another, so a device whose own sign-in is
   * unanswered cannot confirm.
   *
   * @throws {AppError} not_found, also for the caller's own sign-in; unconfirmed_device, too_many_requests or overloaded
   */
  async confirm(caller: Principal, eventId: string, client: RequestClient): Promise<void> {
    const { userId } = caller;
    await this.limit.reserve(userId);
    await this.revoker.inTransaction(async (transaction) => {
      const { manager } = transaction;
      const signIn = await this.requireSignIn(manager, caller, eventId);
      const answer = await answerAbout(manager, userId, signIn.deviceId);
      if (answer === 'sign_in_confirmed') return;
      if (answer === 'disowned') throw new AppError('not_found');
      if (await isUnconfirmedDevice(manager, userId, signIn.ownDeviceId))
        throw new AppError('unconfirmed_device');
      await this.record(manager, 'sign_in_confirmed', signIn, userId, client);
      transaction.announce(userId);
    }, shareOf(userId));
  }

  /**
   * "This wasn't me": revokes every session of the device and forgets its token. Every device but the caller's counts as
   * new at its next login. Idempotent, and possible after "It was me". The password keeps working until the user, who is
   * logged in, has chosen another one.
   *
   * @throws {AppError} not_found, also for the caller's own sign-in; too_many_requests or overloaded
   */
  async reject(caller: Principal, eventId: string, client: RequestClient): Promise<RevocationOutcome> {
    const { userId } = caller;
    await this.limit.reserve(userId);
    const { outcome } = await this.revoker.inTransaction(async (transaction) => {
      const { manager } = transaction;
      const signIn = await this.requireSignIn(manager, caller, eventId);
      const { deviceId, ownDeviceId } = signIn;
      await this.devices.forgetToken(manager, userId, deviceId);
      await transaction.revoke({ userId, deviceIds: [deviceId] }, 'disowned', `user:${userId}`);
      if ((await answerAbout(manager, userId, deviceId)) === 'disowned') return;
      await endDeviceTrust(manager, userId, { exceptDeviceId: ownDeviceId });
      await this.record(manager, 'disowned', signIn, userId, client);
      transaction.announce(userId);
    }, shareOf(userId));
    return outcome;
  }

  private async requireSignIn(
    manager: EntityManager,
    { userId, sessionId }: Principal,
    eventId: string,
  ): Promise<AskedSignIn> {
    // Before the rows of the devices, as in a login, and so that one of two answers is the first.
    await lockAccount(manager, userId);
    const event = await manager.findOneBy(SecurityEvent, { id: eventId, userId, kind: 'new_device_sign_in' });
    const ownDeviceId = await this.sessions.requireDeviceOf(sessionId, manager);
    if (!event?.deviceId || event.deviceId === ownDeviceId) throw new AppError('not_found');
    const { deviceId, detail } = event;
    return { deviceId, ownDeviceId, sessionId: event.sessionId, deviceName: detail.device };
  }

  private async record(
    manager: EntityManager,
    kind: SecurityEventKind,
    { deviceId, sessionId, deviceName }: AskedSignIn,
    userId: string,
    client: RequestClient,
  ): Promise<void> {
    await this.events.record(manager, {
      kind,
      userId,
      sessionId,
      deviceId,
      client,
      detail: { device: deviceName },
    });
  }
}
