import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v7 as newId } from 'uuid';
import { Config } from '../config/config.js';
import type { GeoLocation } from '../geoip/geo-location.js';
import { GeoIp } from '../geoip/geoip.js';
import { clientFamily, familyText } from '../user-agents/client-family.js';
import { Session } from './session.entity.js';
import { SessionClock } from './session-clock.js';
import type { RevokingTransaction } from './session-revoker.js';
import { sessionState } from './session-state.js';

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
  readonly authTime: Date;
}

/** Opens and lists sessions. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: SessionClock,
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
       RETURNING id AS "sessionId", auth_time AS "authTime"`,
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
   * The user's live sessions, newest first.
   *
   * @param manager the caller's transaction, if there is one
   */
  async list(userId: string, limit?: number, manager = this.dataSource.manager): Promise<Session[]> {
    const sessions = await manager.getRepository(Session).find({
      where: { userId, status: 'active' },
      order: { id: 'DESC' },
      ...(limit === undefined ? {} : { take: limit }),
    });
    return sessions.filter((session) => this.lives(session));
  }

  /** A session with its user, whatever its state; `null` if it is unknown. */
  async findOwned(sessionId: string, manager = this.dataSource.manager): Promise<SessionOfUser | null> {
    const [found] = await manager.query<SessionOfUser[]>(
      'SELECT id AS "sessionId", user_id AS "userId" FROM sessions WHERE id = $1',
      [sessionId],
    );
    return found ?? null;
  }

  async exists(selection: { sessionId: string; userId: string }): Promise<boolean> {
    return this.dataSource
      .getRepository(Session)
      .existsBy({ id: selection.sessionId, userId: selection.userId });
  }

  private lives(session: Session): boolean {
    const times = { createdAt: session.createdAt.getTime(), lastSeenAt: session.lastSeenAt.getTime() };
    return sessionState(times, this.config.policy, this.clock.now()) === 'live';
  }

  private async revokeSurplus(
    transaction: RevokingTransaction,
    userId: string,
    openedSessionId: string,
  ): Promise<void> {
    const { maxDevices, maxSessions } = this.config.policy;
    const surplus = { userId, openedSessionId };
    if (Number.isFinite(maxDevices))
      await transaction.revokeSurplus({ ...surplus, maxDevices }, 'device_limit');
    if (Number.isFinite(maxSessions))
      await transaction.revokeSurplus({ ...surplus, maxSessions }, 'session_limit');
  }
}

function countriesOf(place: GeoLocation | null): string[] {
  return place ? [place.countryCode] : [];
}
