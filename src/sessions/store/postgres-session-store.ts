import type { SessionStatus } from '@latchkey/revocation/session-snapshot';
import type {
  Confirmation,
  RecentRevocations,
  Revocations,
  SessionStore,
  TailPosition,
} from '@latchkey/revocation/session-store';
import type { DataSource } from 'typeorm';
import { StandbyServer } from '../../database/standby-server.js';
import { withTimeout } from '../../errors/with-timeout.js';
import { isDeviceKind } from '../../user-agents/device-kind.js';
import { SESSION_ENDED_REASON, SESSION_STATUS } from '../session-cut-off.js';
import { readRecentRevocations } from './recent-revocations.js';
import type { SessionSnapshot } from './session-snapshot.js';

/** How long a check or the tail waits for a database that accepts connections and does not answer. */
const READ_TIMEOUT_MS = 1_000;

// The first join returns a row even if there is no session: a pooler may have sent this statement to a standby, which
// would then refuse sessions that it does not have yet.
const LOAD = `
  SELECT server.is_standby, s.id, s.user_id, s.device_id, ${SESSION_STATUS} AS status, ${SESSION_ENDED_REASON} AS ended_reason,
         s.epoch, u.roles_version,
         host(s.address) AS address, s.countries, s.clients, s.needs_login_since IS NOT NULL AS needs_login,
         u.email, u.email_confirmed_at IS NOT NULL AS email_verified, d.name, d.kind, d.browser, d.system,
         (extract(epoch FROM now()) * 1000)::float8 AS read_at,
         (extract(epoch FROM s.created_at) * 1000)::float8 AS created_at,
         (extract(epoch FROM s.last_seen_at) * 1000)::float8 AS last_seen_at,
         (extract(epoch FROM greatest(s.last_seen_at, s.polled_at)) * 1000)::float8 AS active_at
  FROM (SELECT pg_is_in_recovery() AS is_standby) AS server LEFT JOIN
       (sessions s JOIN users u ON u.id = s.user_id JOIN devices d ON d.id = s.device_id) ON s.id = ANY ($1)`;

const REVOKE_AGAIN = `
  UPDATE sessions s
  SET status = CASE lost.reason WHEN 'expired' THEN 'expired' ELSE 'revoked' END,
      ended_reason = lost.reason, ended_by = 'latchkey'
  FROM (SELECT s.id, known.reason
        FROM sessions s JOIN unnest($1::uuid[], $2::text[]) AS known (id, reason) USING (id)
        WHERE s.status = 'active' ORDER BY s.id FOR UPDATE OF s) AS lost
  WHERE s.id = lost.id AND s.status = 'active'`;

// The lost roles are not known. Without this, instances would demand a version that no new token has: all would be stale.
// A session that the lost cut-off had exempted is over, too: that is not known any more either.
const CUT_OFF_AGAIN = `
  WITH again AS (
    UPDATE users u
    SET roles_version = greatest(u.roles_version, known.roles_version),
        session_epoch = greatest(u.session_epoch, known.session_epoch),
        roles_changed_at = clock_timestamp(), roles_enforced_at = NULL
    FROM unnest($1::uuid[], $2::integer[], $3::integer[]) AS known (id, roles_version, session_epoch)
    WHERE u.id = known.id AND (u.roles_version < known.roles_version OR u.session_epoch < known.session_epoch)
    RETURNING u.id, u.session_epoch)
  INSERT INTO session_cut_offs (user_id, epoch, reason, ended_by) SELECT id, session_epoch, 'unspecified', 'latchkey' FROM again
  ON CONFLICT DO NOTHING`;

interface LoadedRow {
  is_standby: boolean;
  id: string;
  user_id: string;
  device_id: string;
  status: SessionStatus;
  ended_reason: string | null;
  epoch: number;
  roles_version: number;
  created_at: number;
  last_seen_at: number;
  active_at: number;
  address: string | null;
  countries: string[];
  clients: string[];
  needs_login: boolean;
  read_at: number;
  email: string;
  email_verified: boolean;
  name: string;
  kind: string;
  browser: string | null;
  system: string | null;
}

/** The session store in Postgres. */
export class PostgresSessionStore implements SessionStore<SessionSnapshot> {
  constructor(private readonly dataSource: DataSource) {}

  async load(sessionIds: readonly string[]): Promise<Map<string, SessionSnapshot>> {
    const rows = await withTimeout(READ_TIMEOUT_MS, () =>
      this.dataSource.query<LoadedRow[]>(LOAD, [sessionIds]),
    );
    if (rows[0]?.is_standby) throw new StandbyServer();
    return new Map(rows.filter(({ id }) => id !== null).map((row) => [row.id, snapshotOf(row)]));
  }

  async recentRevocations(windowMs: number, from: TailPosition | null): Promise<RecentRevocations> {
    return readRecentRevocations(windowMs, from, (sql, parameters) =>
      withTimeout(READ_TIMEOUT_MS, () => this.dataSource.query(sql, parameters)),
    );
  }

  async reapply({ sessions, cutOffs }: Revocations): Promise<void> {
    if (sessions.length > 0) {
      await this.dataSource.query(REVOKE_AGAIN, [
        sessions.map(({ sessionId }) => sessionId),
        sessions.map(({ reason }) => reason),
      ]);
    }
    if (cutOffs.length > 0) {
      await this.dataSource.query(CUT_OFF_AGAIN, [
        cutOffs.map(({ userId }) => userId),
        cutOffs.map(({ rolesVersion }) => rolesVersion),
        cutOffs.map(({ sessionEpoch = 0 }) => sessionEpoch),
      ]);
    }
  }

  async confirm({ sessions, cutOffs }: Revocations, confirmation: Confirmation): Promise<void> {
    if (sessions.length > 0) {
      await this.dataSource.query(
        `WITH confirmed AS (
           UPDATE sessions SET enforced_at = now()
           WHERE id = ANY ($1) AND status <> 'active' AND enforced_at IS NULL RETURNING id)
         INSERT INTO session_events (session_id, kind, detail) SELECT id, 'enforced', $2 FROM confirmed`,
        [sessions.map(({ sessionId }) => sessionId), toDetail(confirmation)],
      );
    }
    if (cutOffs.length > 0) {
      await this.dataSource.query(
        `UPDATE users u SET roles_enforced_at = now()
         FROM unnest($1::uuid[], $2::integer[], $3::integer[]) AS confirmed (id, roles_version, session_epoch)
         WHERE u.id = confirmed.id AND u.roles_version = confirmed.roles_version
           AND u.session_epoch = confirmed.session_epoch AND u.roles_enforced_at IS NULL`,
        [
          cutOffs.map(({ userId }) => userId),
          cutOffs.map(({ rolesVersion }) => rolesVersion),
          cutOffs.map(({ sessionEpoch = 0 }) => sessionEpoch),
        ],
      );
    }
  }

  async areConfirmed({ sessions, cutOffs }: Revocations): Promise<boolean> {
    const [{ open }] = await this.dataSource.query<[{ open: number }]>(
      `SELECT (SELECT count(*) FROM sessions WHERE id = ANY ($1) AND enforced_at IS NULL)::integer
            + (SELECT count(*) FROM users WHERE id = ANY ($2) AND roles_enforced_at IS NULL)::integer AS open`,
      [sessions.map(({ sessionId }) => sessionId), cutOffs.map(({ userId }) => userId)],
    );
    return open === 0;
  }
}

function toDetail({ by, how, acknowledgedBy }: Confirmation) {
  return { by, how, acknowledged_by: acknowledgedBy };
}

function snapshotOf(row: LoadedRow): SessionSnapshot {
  return {
    sessionId: row.id,
    userId: row.user_id,
    sessionEpoch: row.epoch,
    deviceId: row.device_id,
    status: row.status,
    endedReason: row.ended_reason,
    createdAt: row.created_at,
    rolesVersion: row.roles_version,
    lastSeenAt: row.last_seen_at,
    activeAt: row.active_at,
    address: row.address,
    countries: row.countries,
    clients: row.clients,
    needsLogin: row.needs_login,
    readAt: row.read_at,
    profile: {
      email: row.email,
      emailVerified: row.email_verified,
      deviceName: row.name,
      deviceKind: isDeviceKind(row.kind) ? row.kind : 'other',
      browser: row.browser,
      system: row.system,
    },
  };
}
