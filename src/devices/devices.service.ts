import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Repository } from 'typeorm';
import { AppError } from '../errors/app-error.js';
import type { Session } from '../sessions/session.entity.js';
import { type RevocationOutcome, SessionRevoker } from '../sessions/session-revoker.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { shareOf } from '../shares/share.js';
import { Device } from './device.entity.js';

/** A device with its live sessions, newest first. A listed device has at least one. */
export interface DeviceWithSessions {
  readonly device: Device;
  readonly sessions: readonly Session[];
}

/** Lists, renames and terminates the devices of a user. */
@Injectable()
export class DevicesService {
  constructor(
    @InjectRepository(Device) private readonly devices: Repository<Device>,
    private readonly sessions: SessionsService,
    private readonly revoker: SessionRevoker,
  ) {}

  /** The devices with a live session; the device of the most recent login comes first. */
  async list(userId: string, limit: number): Promise<DeviceWithSessions[]> {
    const byDevice = new Map<string, Session[]>();
    for (const session of await this.sessions.list(userId)) {
      byDevice.set(session.deviceId, [...(byDevice.get(session.deviceId) ?? []), session]);
    }
    const deviceIds = [...byDevice.keys()].slice(0, limit);
    const devices = new Map((await this.devices.findBy({ id: In(deviceIds) })).map((it) => [it.id, it]));
    return deviceIds.flatMap((deviceId) => {
      const device = devices.get(deviceId);
      return device ? [{ device, sessions: byDevice.get(deviceId) ?? [] }] : [];
    });
  }

  /** @throws {AppError} not_found, also for another user's device and for a terminated one */
  async rename(userId: string, deviceId: string, name: string): Promise<DeviceWithSessions> {
    const { result } = await this.revoker.inTransaction(async (transaction) => {
      const { affected } = await transaction.manager.update(
        Device,
        { id: deviceId, userId, terminatedAt: IsNull() },
        { name },
      );
      if (affected !== 1) throw new AppError('not_found');
      const sessions = await this.sessions.list(userId, undefined, transaction.manager);
      const renamed = sessions.filter((session) => session.deviceId === deviceId);
      transaction.invalidate(renamed.map(({ id }) => id));
      transaction.announce(userId);
      return renamed;
    }, shareOf(userId));
    return { device: await this.requireById(userId, deviceId), sessions: result };
  }

  /**
   * Revokes every session of a device and forgets its token, in one transaction: a client that presents the
   * token later is an unknown device. Idempotent.
   *
   * @throws {AppError} not_found, also for another user's device
   */
  async terminate(userId: string, deviceId: string): Promise<RevocationOutcome> {
    const { outcome } = await this.revoker.inTransaction(async (transaction) => {
      const [, count] = await transaction.manager.query<[unknown[], number]>(
        `UPDATE devices SET terminated_at = coalesce(terminated_at, now()) WHERE user_id = $1 AND id = $2`,
        [userId, deviceId],
      );
      if (count === 0) throw new AppError('not_found');
      await transaction.revoke({ userId, deviceId }, 'terminated', `user:${userId}`);
    }, shareOf(userId));
    return outcome;
  }

  /** @param exceptDeviceId the device that stays signed in, if any */
  async terminateAll(userId: string, exceptDeviceId?: string): Promise<RevocationOutcome> {
    const { outcome } = await this.revoker.inTransaction(async (transaction) => {
      // Locks the rows in order, so that two concurrent calls wait for one another instead of deadlocking.
      await transaction.manager.query(
        `UPDATE devices SET terminated_at = now() WHERE id IN (
           SELECT id FROM devices
           WHERE user_id = $1 AND terminated_at IS NULL AND id IS DISTINCT FROM $2
           ORDER BY id FOR NO KEY UPDATE)`,
        [userId, exceptDeviceId ?? null],
      );
      await transaction.revoke({ userId, exceptDeviceId }, 'terminated', `user:${userId}`);
    }, shareOf(userId));
    return outcome;
  }

  private async requireById(userId: string, deviceId: string): Promise<Device> {
    const device = await this.devices.findOneBy({ id: deviceId, userId });
    if (!device) throw new AppError('not_found');
    return device;
  }
}
