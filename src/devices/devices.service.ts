import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { AppError } from '../errors/app-error.js';
import { endDeviceTrust, IS_TRUSTED_DEVICE } from '../sessions/device-trust.js';
import { lockAccount } from '../sessions/lock-account.js';
import type { Session } from '../sessions/session.entity.js';
import { type Committed, type RevocationOutcome, SessionRevoker } from '../sessions/session-revoker.js';
import { type SessionPage, SessionsService } from '../sessions/sessions.service.js';
import { shareOf } from '../shares/share.js';
import { Device } from './device.entity.js';

/** A device with its newest live sessions. A listed device has at least one. */
export interface DeviceWithSessions {
  readonly device: Device;
  readonly sessions: readonly Session[];
  /** All live sessions of the device. */
  readonly sessionCount: number;
}

/** Cached sessions that show the new name of a device at once. Any others show it once they are read again. */
const RENAMED_AT_ONCE = 500;

/** Lists, renames and terminates the devices of a user. */
@Injectable()
export class DevicesService {
  constructor(
    @InjectRepository(Device) private readonly devices: Repository<Device>,
    private readonly sessions: SessionsService,
    private readonly revoker: SessionRevoker,
  ) {}

  /** A page of the devices with a live session; the device of the most recent login comes first. */
  async list(userId: string, page: SessionPage): Promise<DeviceWithSessions[]> {
    const inUse = await this.sessions.listDevices(userId, page);
    const deviceIds = inUse.map(({ deviceId }) => deviceId);
    const [devices, sessions] = await Promise.all([
      this.devices.findBy({ id: In(deviceIds) }),
      this.sessions.listOnDevices(userId, deviceIds),
    ]);
    const byId = new Map(devices.map((device) => [device.id, device]));
    return inUse.flatMap(({ deviceId, sessionCount }) => {
      const device = byId.get(deviceId);
      return device
        ? [{ device, sessionCount, sessions: sessions.filter((session) => session.deviceId === deviceId) }]
        : [];
    });
  }

  /** @throws {AppError} not_found, also for another user's device and for a terminated one */
  async rename(userId: string, deviceId: string, name: string): Promise<DeviceWithSessions> {
    await this.revoker.inTransaction(async (transaction) => {
      const [, count] = await transaction.manager.query<[unknown[], number]>(
        `UPDATE devices d SET name = $3 FROM users u WHERE d.id = $1 AND d.user_id = $2 AND u.id = d.user_id
           AND d.terminated_at IS NULL AND ${IS_TRUSTED_DEVICE}`,
        [deviceId, userId, name],
      );
      if (count === 0) throw new AppError('not_found');
      const sessions = await this.sessions.listOnDevices(
        userId,
        [deviceId],
        RENAMED_AT_ONCE,
        transaction.manager,
      );
      transaction.invalidate(sessions.map(({ id }) => id));
      transaction.announce(userId);
    }, shareOf(userId));
    return this.withSessions(await this.requireById(userId, deviceId));
  }

  /**
   * Revokes every session of a device and forgets its token, in one transaction: a client that presents the
   * token later is an unknown device. Idempotent.
   *
   * @throws {AppError} not_found, also for another user's device
   */
  async terminate(userId: string, deviceId: string): Promise<RevocationOutcome> {
    const { result: count, outcome } = await this.terminateCounted(userId, [deviceId]);
    if (count === 0) throw new AppError('not_found');
    return outcome;
  }

  /** The same for several devices. Ids that are not devices of the user change nothing. */
  async terminateSome(userId: string, deviceIds: readonly string[]): Promise<RevocationOutcome> {
    return (await this.terminateCounted(userId, deviceIds)).outcome;
  }

  /**
   * Revokes the sessions of all devices and ends the trust in them, in time that does not depend on their number.
   *
   * @param exceptSessionId a session whose device stays signed in, if any
   */
  async terminateAll(userId: string, exceptSessionId?: string): Promise<RevocationOutcome> {
    const { outcome } = await this.revoker.inTransaction(async (transaction) => {
      const exceptDeviceId =
        exceptSessionId === undefined
          ? undefined
          : await this.sessions.requireDeviceOf(exceptSessionId, transaction.manager);
      await endDeviceTrust(transaction.manager, userId, { exceptDeviceId });
      await transaction.revoke({ userId, exceptDeviceId }, 'terminated', `user:${userId}`);
    }, shareOf(userId));
    return outcome;
  }

  /** @returns how many of the devices exist */
  private terminateCounted(userId: string, deviceIds: readonly string[]): Promise<Committed<number>> {
    return this.revoker.inTransaction(async (transaction) => {
      // Before the rows of the devices, as in a login.
      await lockAccount(transaction.manager, userId);
      const [, count] = await transaction.manager.query<[unknown[], number]>(
        `UPDATE devices SET terminated_at = coalesce(terminated_at, now()) WHERE user_id = $1 AND id = ANY ($2)`,
        [userId, deviceIds],
      );
      if (count > 0) await transaction.revoke({ userId, deviceIds }, 'terminated', `user:${userId}`);
      return count;
    }, shareOf(userId));
  }

  private async withSessions(device: Device): Promise<DeviceWithSessions> {
    const { userId, id } = device;
    const [sessions, sessionCount] = await Promise.all([
      this.sessions.listOnDevices(userId, [id]),
      this.sessions.countOnDevice(userId, id),
    ]);
    return { device, sessions, sessionCount };
  }

  private async requireById(userId: string, deviceId: string): Promise<Device> {
    const device = await this.devices.findOneBy({ id: deviceId, userId });
    if (!device) throw new AppError('not_found');
    return device;
  }
}
