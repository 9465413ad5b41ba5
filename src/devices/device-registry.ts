import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import { v7 as newId } from 'uuid';
import { Config } from '../config/config.js';
import type { RequestClient } from '../http/routes/request-client.js';
import { describeUserAgent } from '../user-agents/describe-user-agent.js';
import { Device } from './device.entity.js';
import { deviceTokenHash, newDeviceToken } from './device-token.js';

export interface DeviceLogin {
  readonly userId: string;
  readonly client: RequestClient;
  /** What the client kept from an earlier login. */
  readonly deviceToken: string | undefined;
  /** What its user calls it; else it is named after its browser and system. */
  readonly deviceName: string | undefined;
}

export interface RegisteredDevice {
  readonly deviceId: string;
  readonly deviceName: string;
  /** To be kept by the client; the one it presented, when that made the device known. */
  readonly deviceToken: string;
  /** What this login is news of: a device the user has not been seen on, though they have been seen before. */
  readonly isNewcomer: boolean;
}

/** Recognises devices by the token they keep, and gives one to those that have none. */
@Injectable()
export class DeviceRegistry {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {}

  /** The device of this user that holds the token; `null` for an unknown or terminated one. */
  async findKnown(userId: string, deviceToken: string): Promise<Device | null> {
    return this.dataSource
      .getRepository(Device)
      .findOneBy({ userId, tokenHash: deviceTokenHash(deviceToken), terminatedAt: IsNull() });
  }

  /** Registers the device of a login inside the caller's transaction. */
  async register(manager: EntityManager, login: DeviceLogin): Promise<RegisteredDevice> {
    return (await this.recognise(manager, login)) ?? this.add(manager, login);
  }

  /** Inside the caller's transaction: whoever holds its token comes back as a stranger. */
  async distrust(manager: EntityManager, userId: string, deviceId: string): Promise<void> {
    await manager.update(
      Device,
      { id: deviceId, userId, terminatedAt: IsNull() },
      { terminatedAt: () => 'now()' },
    );
  }

  private async recognise(
    manager: EntityManager,
    { userId, client, deviceToken, deviceName }: DeviceLogin,
  ): Promise<RegisteredDevice | null> {
    if (deviceToken === undefined) return null;
    const { kind, browser, system } = describeUserAgent(client.userAgent);
    const [[known]] = await manager.query<[{ id: string; name: string }[], number]>(
      `UPDATE devices SET last_seen_at = now(), address = $3, kind = $4, browser = $5, system = $6,
              name = coalesce($7, name)
       WHERE user_id = $1 AND token_hash = $2 AND terminated_at IS NULL RETURNING id, name`,
      [userId, deviceTokenHash(deviceToken), client.address, kind, browser, system, deviceName ?? null],
    );
    return known ? { deviceId: known.id, deviceName: known.name, deviceToken, isNewcomer: false } : null;
  }

  private async add(
    manager: EntityManager,
    { userId, client, deviceName }: DeviceLogin,
  ): Promise<RegisteredDevice> {
    const deviceToken = newDeviceToken();
    const { name, kind, browser, system } = describeUserAgent(client.userAgent);
    const isNewcomer = await this.wasSeenBefore(manager, userId);
    const deviceId = newId();
    await manager.insert(Device, {
      id: deviceId,
      userId,
      tokenHash: deviceTokenHash(deviceToken),
      name: deviceName ?? name,
      kind,
      browser,
      system,
      address: client.address,
    });
    return { deviceId, deviceName: deviceName ?? name, deviceToken, isNewcomer };
  }

  /** An old account without a device was seen on some that are forgotten, as far as anybody knows. */
  private async wasSeenBefore(manager: EntityManager, userId: string): Promise<boolean> {
    const [{ wasSeen }] = await manager.query<[{ wasSeen: boolean }]>(
      `SELECT created_at < now() - $2 * interval '1 millisecond'
              OR EXISTS (SELECT FROM devices WHERE user_id = $1) AS "wasSeen"
       FROM users WHERE id = $1`,
      [userId, this.config.sessions.retentionMs],
    );
    return wasSeen;
  }
}
