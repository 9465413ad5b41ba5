import { Revocation } from '@latchkey/revocation/revocation';
import { SessionCache } from '@latchkey/revocation/session-cache';
import type { CutOff, EndedSession } from '@latchkey/revocation/session-store';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { v7 as newId } from 'uuid';
import { AccountChanges } from '../account-changes/account-changes.js';
import { Config } from '../config/config.js';
import type { GeoLocation } from '../geoip/geo-location.js';
import { GeoIp } from '../geoip/geoip.js';
import { clientFamily, familyText } from '../user-agents/client-family.js';
import type { SessionUse } from './check/session-use.js';
import { Session } from './session.entity.js';
import { SessionClock } from './session-clock.js';
import { type RevocationReason, SessionRevoker, type SessionSelection } from './session-revoker.js';
import { sessionState } from './session-state.js';
import type { SessionSnapshot } from './store/session-snapshot.js';

export interface NewSession {
  readonly userId: string;
  readonly deviceId: string;
  readonly address: string;
  readonly userAgent: string;
  /** RFC 8176. */
  readonly amr: readonly string[];
  /** The session that it takes the place of, where that is one of the same device. */
  readonly replaces?: string | undefined;
}

export interface OpenedSession {
  readonly sessionId: string;
  readonly authTime: Date;
  readonly ended: EndedSession[];
}

/** Whether an end holds on every instance, or is committed and could not be confirmed everywhere in time. */
export type RevocationOutcome = 'enforced' | 'pending';

/** Opens, lists and ends sessions. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ending: SessionRevoker,
    private readonly revocation: Revocation,
    private readonly cache: SessionCache<SessionSnapshot, SessionUse>,
    private readonly clock: SessionClock,
    private readonly places: GeoIp,
    private readonly config: Config,
    private readonly changes: AccountChanges,
  ) {}

  /**
   * Opens a session inside the caller's transaction, which holds the user's row, and ends those that the policy
   * has no room for any more.
   *
   * @returns the session, with what ended: to be passed to `enforce` once committed
   */
  async open(manager: EntityManager, opening: NewSession): Promise<OpenedSession> {
    const { userId, deviceId, address, userAgent, amr } = opening;
    const replaced = await this.endReplaced(manager, opening);
    const { idleTtlMs, absoluteTtlMs, maxDevices, maxSessions } = this.config.policy;
    const [session] = await manager.query<[{ sessionId: string; authTime: Date }]>(
      `INSERT INTO sessions (id, user_id, device_id, address, login_address, countries, clients, amr, sweep_at)
       VALUES ($1, $2, $3, $4, $4, $5, $6, $7, now() + $8 * interval '1 millisecond')
       RETURNING id AS "sessionId", auth_time AS "authTime"`,
      [
        newId(),
        userId,
        deviceId,
        address,
        countriesOf(this.places.find(address)),
        [familyText(clientFamily(userAgent))],
        amr,
        Math.min(idleTtlMs, absoluteTtlMs),
      ],
    );
    const { sessionId } = session;
    const ended = [
      ...replaced,
      ...(await this.endSurplus(manager, userId, sessionId, maxDevices, DEVICES_SURPLUS, 'device_limit')),
      ...(await this.endSurplus(manager, userId, sessionId, maxSessions, SESSIONS_SURPLUS, 'session_limit')),
    ];
    return { ...session, ended };
  }

  /** The user's sessions that still live, newest first. */
  async list(userId: string, limit?: number): Promise<Session[]> {
    const sessions = await this.dataSource.getRepository(Session).find({
      where: { userId, status: 'active' },
      order: { id: 'DESC' },
      ...(limit === undefined ? {} : { take: limit }),
    });
    return sessions.filter((session) => this.lives(session));
  }

  async exists(selection: { sessionId: string; userId: string }): Promise<boolean> {
    return this.dataSource
      .getRepository(Session)
      .existsBy({ id: selection.sessionId, userId: selection.userId });
  }

  /**
   * Ends sessions, for good, and makes that hold on every instance. Ending what has ended changes nothing,
   * but waits in the same way for an end that somebody else has committed and not yet confirmed.
   *
   * @param actor `user:<id>`, `operator` or `latchkey`
   */
  async revoke(
    selection: SessionSelection,
    reason: RevocationReason,
    actor: string,
  ): Promise<RevocationOutcome> {
    const sessions = await this.ending.revoke(selection, reason, actor);
    if (selection.userId !== undefined) this.announce(selection.userId);
    return this.enforce({ sessions });
  }

  /** Tells pages that show this user's account to read it again; to be called once a change is committed. */
  announce(userId: string): void {
    this.changes.announce(userId);
  }

  /** To be called when what people read of sessions has changed. */
  async refreshProfiles(sessions: readonly Session[]): Promise<void> {
    await this.cache.invalidate(sessions.map(({ id }) => id));
  }

  /** Whether session checks are answered from caches now, or from Postgres. */
  trustsCaches(): boolean {
    return this.revocation.status().trustsCaches;
  }

  /** Makes committed ends and role changes hold on every instance. */
  async enforce(ends: { sessions?: EndedSession[]; cutOffs?: CutOff[] }): Promise<RevocationOutcome> {
    const { sessions = [], cutOffs = [] } = ends;
    if (sessions.length === 0 && cutOffs.length === 0) return 'enforced';
    return (await this.revocation.enforce({ sessions, cutOffs })) ? 'enforced' : 'pending';
  }

  private lives(session: Session): boolean {
    const times = { createdAt: session.createdAt.getTime(), lastSeenAt: session.lastSeenAt.getTime() };
    return sessionState(times, this.config.policy, this.clock.now()) === 'live';
  }

  private async endReplaced(
    manager: EntityManager,
    { userId, deviceId, replaces }: NewSession,
  ): Promise<EndedSession[]> {
    if (replaces === undefined) return [];
    const [ended] = await manager.query<[EndedSession[], number]>(
      `UPDATE sessions SET status = 'revoked', ended_reason = 'replaced', ended_by = 'user:' || user_id
       WHERE id = $1 AND user_id = $2 AND device_id = $3 AND status = 'active' ${ENDED_RETURNED}`,
      [replaces, userId, deviceId],
    );
    return ended;
  }

  private async endSurplus(
    manager: EntityManager,
    userId: string,
    opened: string,
    limit: number,
    surplus: string,
    reason: RevocationReason,
  ): Promise<EndedSession[]> {
    if (!Number.isFinite(limit)) return [];
    const [ended] = await manager.query<[EndedSession[], number]>(
      `UPDATE sessions SET status = 'revoked', ended_reason = $4, ended_by = 'latchkey'
       WHERE user_id = $1 AND status = 'active' AND ${surplus} ${ENDED_RETURNED}`,
      [userId, opened, limit, reason],
    );
    return ended;
  }
}

const ENDED_RETURNED = `RETURNING id AS "sessionId", ended_reason AS reason,
  (extract(epoch FROM ended_at) * 1000)::float8 AS "endedAt"`;

function countriesOf(place: GeoLocation | null): string[] {
  return place ? [place.countryCode] : [];
}

// By the one clock of the database; those of the instances, in the ids, may differ by more than two logins do.
// What was just opened is never surplus: it may have begun before one that got the user's row first.

/** Devices whose last login is longest ago make room. */
const DEVICES_SURPLUS = `device_id IN (
  SELECT device_id FROM sessions WHERE user_id = $1 AND status = 'active' GROUP BY device_id
  ORDER BY bool_or(id = $2) DESC, max(created_at) DESC, max(id::text) DESC OFFSET $3)`;

const SESSIONS_SURPLUS = `id IN (
  SELECT id FROM sessions WHERE user_id = $1 AND status = 'active'
  ORDER BY id = $2 DESC, created_at DESC, id DESC OFFSET $3)`;
