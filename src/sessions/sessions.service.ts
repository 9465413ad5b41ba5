import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, type SelectQueryBuilder } from 'typeorm';
import { v7 as newId } from 'uuid';
import { Config } from '../config/config.js';
import { AppError } from '../errors/app-error.js';
import type { GeoLocation } from '../geoip/geo-location.js';
import { GeoIp } from '../geoip/geoip.js';
import { clientFamily, familyText } from '../user-agents/client-family.js';
import { Session } from './session.entity.js';
import { IS_CUT_OFF } from './session-cut-off.js';
import type { RevokingTransaction } from './session-revoker.js';
import { liveSessionsOf } from './session-selection.js';

export interface NewSession {
  readonly userId: string;
  readonly deviceId: string;
  readonly address: string;
  readonly userAgent: string;
  /** RFC 8176. */
  readonly amr: readonly string[];
  /** The session of the same browser that it replaces. The user may be another one. */
  readonly replaces?: SessionOfUser | null;
}

export interface SessionOfUser {
  readonly sessionId: string;
  readonly userId: string;
}

export interface OpenedSession {
  readonly sessionId: string;
  readonly createdAt: Date;
  readonly authTime: Date;
}

export interface SessionPage {
  readonly limit: number;
  /** The id of the last session, or device, on the previous page. */
  readonly before?: string | undefined;
}

/** A device with live sessions. */
export interface DeviceInUse {
  readonly deviceId: string;
  readonly sessionCount: number;
}

/** Shown of one device. A program that logs in every few minutes has hundreds of sessions on one. */
const SESSIONS_PER_DEVICE = 20;

/** Opens and lists sessions. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly geoip: GeoIp,
    private readonly config: Config,
  ) {}

  /**
   * Opens a session inside the caller's transaction, which holds the user's row. Revokes the session that it replaces, and
   * those for which the policy has no room any longer.
   */
  async open(transaction: RevokingTransaction, opening: NewSession): Promise<OpenedSession> {
    const { userId, deviceId, address, userAgent, amr, replaces } = opening;
    if (replaces) await transaction.revoke(replaces, 'replaced', `user:${userId}`);
    const { idleTtlMs, absoluteTtlMs } = this.config.policy;
    const [session] = await transaction.manager.query<[OpenedSession]>(
      `INSERT INTO sessions (id, user_id, device_id, address, login_address, countries, clients, amr, sweep_at)
       VALUES ($1, $2, $3, $4, $4, $5, $6, $7, now() + $8 * interval '1 millisecond')
       RETURNING id AS "sessionId", created_at AS "createdAt", auth_time AS "authTime"`,
      [
        newId(),
        userId,
        deviceId,
        address,
        countriesOf(this.geoip.find(address)),
        [familyText(clientFamily(userAgent))],
        amr,
        Math.min(idleTtlMs, absoluteTtlMs),
      ],
    );
    await this.revokeSurplus(transaction, userId, session.sessionId);
    transaction.announce(userId);
    return session;
  }

  /**
   * Opens a session in place of the caller's, on the same device, so that copies of the old tokens are worthless. It is
   * known for the same countries and clients. The transaction holds the user's row.
   *
   * @returns `null` if the old session has ended
   */
  async renew(
    transaction: RevokingTransaction,
    { sessionId, ...opening }: Omit<NewSession, 'replaces'> & { readonly sessionId: string },
  ): Promise<OpenedSession | null> {
    const { userId } = opening;
    const [cutOff] = await transaction.manager.query<unknown[]>(
      `SELECT FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1 AND ${IS_CUT_OFF}`,
      [sessionId],
    );
    if (cutOff) return null;
    const count = await transaction.revoke({ sessionId, userId }, 'replaced', `user:${userId}`);
    if (count === 0) return null;
    const opened = await this.open(transaction, opening);
    await transaction.manager.query(
      `UPDATE sessions s SET login_address = old.login_address, countries = old.countries, clients = old.clients
       FROM sessions old WHERE s.id = $1 AND old.id = $2`,
      [opened.sessionId, sessionId],
    );
    return opened;
  }

  /**
   * A page of the user's live sessions, newest first.
   *
   * @param manager the caller's transaction, if there is one
   * @returns an empty list if `before` is not a session of this user
   */
  async list(
    userId: string,
    { limit, before }: SessionPage,
    manager = this.dataSource.manager,
  ): Promise<Session[]> {
    const sessions = this.live(userId, manager);
    if (before !== undefined) {
      sessions.andWhere(
        `s.id < :before AND EXISTS (SELECT FROM sessions WHERE id = :before AND user_id = :userId)`,
        {
          before,
        },
      );
    }
    return sessions.orderBy('s.id', 'DESC').limit(limit).getMany();
  }

  /**
   * A page of the devices with a live session; the device of the most recent login comes first.
   *
   * @returns an empty list if `before` is not such a device of this user
   */
  async listDevices(userId: string, { limit, before }: SessionPage): Promise<DeviceInUse[]> {
    const devices = this.live(userId)
      .select('s.deviceId', 'deviceId')
      .addSelect('count(*)::integer', 'sessionCount')
      .groupBy('s.deviceId')
      .orderBy('max(s.id::text)', 'DESC')
      .limit(limit);
    if (before !== undefined) {
      const newest = this.live(userId).select('max(s.id::text)').andWhere('s.deviceId = :before', { before });
      devices.having(`max(s.id::text) < (${newest.getQuery()})`).setParameters(newest.getParameters());
    }
    return devices.getRawMany<DeviceInUse>();
  }

  /** The newest live sessions on some devices of the user, `perDevice` of each at most. */
  async listOnDevices(
    userId: string,
    deviceIds: readonly string[],
    perDevice = SESSIONS_PER_DEVICE,
    manager = this.dataSource.manager,
  ): Promise<Session[]> {
    const { idleTtlMs, absoluteTtlMs } = this.config.policy;
    const found = await manager.query<{ id: string }[]>(
      `SELECT s.id FROM unnest($2::uuid[]) AS device (id) CROSS JOIN LATERAL (
         SELECT s.id FROM sessions s WHERE ${liveSessionsOf(1)} AND s.device_id = device.id
           AND s.last_seen_at > now() - $4 * interval '1 millisecond'
           AND s.created_at > now() - $5 * interval '1 millisecond'
         ORDER BY s.id DESC LIMIT $3) AS s`,
      [userId, deviceIds, perDevice, idleTtlMs, absoluteTtlMs],
    );
    return manager.getRepository(Session).find({
      where: { id: In(found.map(({ id }) => id)) },
      order: { id: 'DESC' },
    });
  }

  async countOnDevice(userId: string, deviceId: string): Promise<number> {
    return this.live(userId).andWhere('s.deviceId = :deviceId', { deviceId }).getCount();
  }

  /** A session with its user, whatever its state; `null` if it is unknown. */
  async findOwned(sessionId: string, manager = this.dataSource.manager): Promise<SessionOfUser | null> {
    const [found] = await manager.query<SessionOfUser[]>(
      'SELECT id AS "sessionId", user_id AS "userId" FROM sessions WHERE id = $1',
      [sessionId],
    );
    return found ?? null;
  }

  /**
   * The epoch of a session. A transaction that opens it reads this last, because sessions that it revokes may be ended by
   * a cut-off, which exempts the new one.
   */
  async epochOf(sessionId: string, manager: EntityManager): Promise<number> {
    const [{ epoch }] = await manager.query<[{ epoch: number }]>('SELECT epoch FROM sessions WHERE id = $1', [
      sessionId,
    ]);
    return epoch;
  }

  async exists(selection: { sessionId: string; userId: string }): Promise<boolean> {
    return this.dataSource
      .getRepository(Session)
      .existsBy({ id: selection.sessionId, userId: selection.userId });
  }

  /**
   * The device that a session is on.
   *
   * @param manager the caller's transaction, if there is one
   * @throws {AppError} invalid_token if there is no such session
   */
  async requireDeviceOf(sessionId: string, manager = this.dataSource.manager): Promise<string> {
    const session = await manager.getRepository(Session).findOneBy({ id: sessionId });
    if (!session) throw new AppError('invalid_token');
    return session.deviceId;
  }

  private live(userId: string, manager = this.dataSource.manager): SelectQueryBuilder<Session> {
    const { idleTtlMs, absoluteTtlMs } = this.config.policy;
    return manager
      .getRepository(Session)
      .createQueryBuilder('s')
      .where({ userId, status: 'active' })
      .andWhere('s.epoch = (SELECT session_epoch FROM users WHERE id = :userId)', { userId })
      .andWhere(`s.lastSeenAt > now() - :idleTtlMs * interval '1 millisecond'`, { idleTtlMs })
      .andWhere(`s.createdAt > now() - :absoluteTtlMs * interval '1 millisecond'`, { absoluteTtlMs });
  }

  private async revokeSurplus(
    transaction: RevokingTransaction,
    userId: string,
    openedSessionId: string,
  ): Promise<void> {
    const { maxDevices, maxSessions } = this.config.policy;
    const surplus = { userId, openedSessionId };
    await transaction.revokeSurplus({ ...surplus, maxSessions }, 'session_limit');
    if (Number.isFinite(maxDevices))
      await transaction.revokeSurplus({ ...surplus, maxDevices }, 'device_limit');
  }
}

function countriesOf(place: GeoLocation | null): string[] {
  return place ? [place.countryCode] : [];
}
