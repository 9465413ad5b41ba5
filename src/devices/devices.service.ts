import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Repository } from 'typeorm';
import { AppError } from '../errors/app-error.js';
import type { Session } from '../sessions/session.entity.js';
import { type RevocationOutcome, SessionsService } from '../sessions/sessions.service.js';
import { Device } from './device.entity.js';

/** A device with its live sessions, newest first; a listed one has one at least. */
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
  ) {}

  /** The devices with a live session, the one that logged in last first. */
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

  /** @throws {AppError} not_found, for somebody else's as well */
  private async requireById(userId: string, deviceId: string): Promise<DeviceWithSessions> {
    const device = await this.devices.findOneBy({ id: deviceId, userId });
    if (!device) throw new AppError('not_found');
    const sessions = await this.sessions.list(userId);
    return { device, sessions: sessions.filter((session) => session.deviceId === deviceId) };
  }

  /** @throws {AppError} not_found, for somebody else's and a terminated one as well */
  async rename(userId: string, deviceId: string, name: string): Promise<DeviceWithSessions> {
    const { affected } = await this.devices.update(
      { id: deviceId, userId, terminatedAt: IsNull() },
      { name },
    );
    if (affected !== 1) throw new AppError('not_found');
    const renamed = await this.requireById(userId, deviceId);
    await this.sessions.refreshProfiles(renamed.sessions);
    this.sessions.announce(userId);
    return renamed;
  }

  /** Ends every session of a device and forgets its token: whoever holds it comes back as a stranger. */
  async terminate(userId: string, deviceId: string): Promise<RevocationOutcome> {
    if (!(await this.devices.existsBy({ id: deviceId, userId }))) throw new AppError('not_found');
    await this.distrust(`id = $2`, [userId, deviceId]);
    return this.sessions.revoke({ userId, deviceId }, 'terminated', `user:${userId}`);
  }

  /** @param exceptDeviceId the one that stays, if any */
  async terminateAll(userId: string, exceptDeviceId?: string): Promise<RevocationOutcome> {
    if (exceptDeviceId === undefined) await this.distrust('true', [userId]);
    else await this.distrust('id <> $2', [userId, exceptDeviceId]);
    return this.sessions.revoke({ userId, exceptDeviceId }, 'terminated', `user:${userId}`);
  }

  private async distrust(which: string, parameters: string[]): Promise<void> {
    await this.devices.query(
      `UPDATE devices SET terminated_at = now() WHERE user_id = $1 AND terminated_at IS NULL AND ${which}`,
      parameters,
    );
  }
}
