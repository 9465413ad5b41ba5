import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull } from 'typeorm';
import { v7 as newId } from 'uuid';
import { Config } from '../config/config.js';
import type { RequestClient } from '../http/routes/request-client.js';
import { IS_TRUSTED_DEVICE } from '../sessions/device-trust.js';
import { describeUserAgent } from '../user-agents/describe-user-agent.js';
import type { DeviceKind } from '../user-agents/device-kind.js';
import { Device } from './device.entity.js';
import { deviceTokenHash, newDeviceToken } from './device-token.js';
import { SurplusDeviceSweeper } from './surplus-device-sweeper.js';

export interface DeviceLogin {
  readonly userId: string;
  readonly client: RequestClient;
  /** The device token that the client stored at an earlier login. */
  readonly deviceToken: string | undefined;
  /** Chosen by the user; by default the device is named after its browser and system. */
  readonly deviceName: string | undefined;
}

export interface RegisteredDevice {
  readonly deviceId: string;
  readonly deviceName: string;
  readonly kind: DeviceKind;
  readonly brand: string | null;
  /** For the client to store. The same token that it sent, if that identified the device. */
  readonly deviceToken: string;
  /** True if this login should trigger a new-device notice: the device is new, and not the user's first. */
  readonly isNewDevice: boolean;
}

/** A device, and the token that identified it. */
export interface KnownDevice {
  readonly device: Device;
  readonly token: string;
}

const KNOWN_DEVICE = `d.user_id = $1 AND d.token_hash = $2 AND d.terminated_at IS NULL AND u.id = d.user_id`;

/** A login without client hints, which name some models, does not change what is known about the device. */
const keptWithModel = (column: string, value: string) =>
  `${column} = CASE WHEN $9::text IS NULL AND d.model IS NOT NULL THEN d.${column} ELSE ${value} END`;

const RECOGNISE = `
  UPDATE devices d SET last_seen_at = clock_timestamp(), address = $3, name = coalesce($4, d.name), browser = $5,
         ${keptWithModel('system', '$6')}, ${keptWithModel('kind', '$7')}, ${keptWithModel('brand', '$8')},
         model = coalesce($9, d.model)
  FROM users u WHERE ${KNOWN_DEVICE} AND ${IS_TRUSTED_DEVICE} RETURNING d.id, d.name, d.kind, d.brand`;

/** Recognises devices by their token, and registers new ones. */
@Injectable()
export class DeviceRegistry {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
    private readonly surplus: SurplusDeviceSweeper,
  ) {}

  /** The user's device that the first of these tokens identifies; `null` if all are unknown, terminated or no longer trusted. */
  async findKnown(userId: string, tokens: readonly string[]): Promise<KnownDevice | null> {
    if (tokens.length === 0) return null;
    const hashed = tokens.map((token) => ({ token, hash: deviceTokenHash(token) }));
    const devices = await this.dataSource
      .getRepository(Device)
      .createQueryBuilder('d')
      .innerJoin('users', 'u', 'u.id = d.user_id')
      .where({ userId, tokenHash: In(hashed.map(({ hash }) => hash)), terminatedAt: IsNull() })
      .andWhere(IS_TRUSTED_DEVICE)
      .getMany();
    for (const { token, hash } of hashed) {
      const device = devices.find(({ tokenHash }) => tokenHash.equals(hash));
      if (device) return { device, token };
    }
    return null;
  }

  /** Finds or registers the device of a login. Runs in the caller's transaction. */
  async register(manager: EntityManager, login: DeviceLogin): Promise<RegisteredDevice> {
    return (await this.recognise(manager, login)) ?? this.add(manager, login);
  }

  /**
   * Makes the device's token unknown, so that it no longer identifies the device. Runs in the caller's
   * transaction.
   */
  async forgetToken(manager: EntityManager, userId: string, deviceId: string): Promise<void> {
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
    const { kind, browser, system, brand, model } = describeUserAgent(client.userAgent, client.hints);
    const [[known]] = await manager.query<[Pick<Device, 'id' | 'name' | 'kind' | 'brand'>[], number]>(
      RECOGNISE,
      [
        userId,
        deviceTokenHash(deviceToken),
        client.address,
        deviceName ?? null,
        browser,
        system,
        kind,
        brand,
        model,
      ],
    );
    if (!known) return null;
    const { id, name, ...device } = known;
    return { deviceId: id, deviceName: name, ...device, deviceToken, isNewDevice: false };
  }

  private async add(
    manager: EntityManager,
    { userId, client, deviceName }: DeviceLogin,
  ): Promise<RegisteredDevice> {
    const deviceToken = newDeviceToken();
    const { name, ...description } = describeUserAgent(client.userAgent, client.hints);
    const { kind, brand } = description;
    const isNewDevice = await this.hasLoggedInBefore(manager, userId);
    const deviceId = newId();
    await manager.insert(Device, {
      id: deviceId,
      userId,
      tokenHash: deviceTokenHash(deviceToken),
      name: deviceName ?? name,
      ...description,
      address: client.address,
      // Not the start of the transaction, which may have waited for one that ended the trust in devices.
      lastSeenAt: () => 'clock_timestamp()',
    });
    this.surplus.note(userId);
    return { deviceId, deviceName: deviceName ?? name, kind, brand, deviceToken, isNewDevice };
  }

  /**
   * An account older than the retention may have had devices that were deleted since, so it counts as used
   * before.
   */
  private async hasLoggedInBefore(manager: EntityManager, userId: string): Promise<boolean> {
    const [{ hasLoggedIn }] = await manager.query<[{ hasLoggedIn: boolean }]>(
      `SELECT created_at < now() - $2 * interval '1 millisecond'
              OR EXISTS (SELECT FROM devices WHERE user_id = $1) AS "hasLoggedIn"
       FROM users WHERE id = $1`,
      [userId, this.config.sessions.retentionMs],
    );
    return hasLoggedIn;
  }
}
