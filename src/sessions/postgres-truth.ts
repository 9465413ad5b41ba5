import type { DataSource } from 'typeorm';
import { within } from '../errors/within.js';
import type { SessionSnapshot, SessionStatus } from '../revocation/session-snapshot.js';
import type { Confirmation, CutOff, EndedSession, Ends, RecentEnds, Truth } from '../revocation/truth.js';

/** A check, and the tail, wait no longer for a database that accepts and never answers. */
const READ_TIMEOUT_MS = 1_000;
/** An end unconfirmed for longer than this has lost its revoker, or its revoker is cut off. */
const OVERDUE_AFTER = `interval '1 second'`;

const LOAD = `
  SELECT s.id, s.user_id, s.device_id, s.status, s.ended_reason, u.roles_version,
         host(s.address) AS address, s.countries, s.clients, s.needs_login_since IS NOT NULL AS needs_login,
         u.email, d.name, d.kind, d.browser, d.system,
         (extract(epoch FROM now()) * 1000)::float8 AS read_at,
         (extract(epoch FROM s.created_at) * 1000)::float8 AS created_at,
         (extract(epoch FROM s.auth_time) * 1000)::float8 AS auth_time,
         (extract(epoch FROM s.last_seen_at) * 1000)::float8 AS last_seen_at
  FROM sessions s JOIN users u ON u.id = s.user_id JOIN devices d ON d.id = s.device_id
  WHERE s.id = ANY ($1)`;

// Two index scans each, since one with OR would be none. What comes twice is the same.
const SESSION_ENDS = `
  SELECT 'session' AS kind, id, ended_reason AS reason, NULL::integer AS roles_version,
         (extract(epoch FROM ended_at) * 1000)::float8 AS at,
         enforced_at IS NULL AND ended_at < now() - ${OVERDUE_AFTER} AS overdue
  FROM sessions WHERE status <> 'active'`;
const USER_CUT_OFFS = `
  SELECT 'user', id, NULL, roles_version, NULL,
         roles_enforced_at IS NULL AND roles_changed_at < now() - ${OVERDUE_AFTER}
  FROM users WHERE roles_changed_at IS NOT NULL`;
const RECENT_ENDS = `
  SELECT 'now' AS kind, NULL::uuid AS id, NULL AS reason, NULL::integer AS roles_version,
         (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at, false AS overdue
  UNION ALL ${SESSION_ENDS} AND ended_at > now() - make_interval(secs => $1)
  UNION ALL ${SESSION_ENDS} AND enforced_at IS NULL
  UNION ALL ${USER_CUT_OFFS} AND roles_changed_at > now() - make_interval(secs => $1)
  UNION ALL ${USER_CUT_OFFS} AND roles_enforced_at IS NULL`;

interface LoadedRow {
  id: string;
  user_id: string;
  device_id: string;
  status: SessionStatus;
  ended_reason: string | null;
  roles_version: number;
  created_at: number;
  auth_time: number;
  last_seen_at: number;
  address: string | null;
  countries: string[];
  clients: string[];
  needs_login: boolean;
  read_at: number;
  email: string;
  name: string;
  kind: string;
  browser: string | null;
  system: string | null;
}

type EndRow =
  | { kind: 'now'; at: number }
  | { kind: 'session'; id: string; reason: string; at: number; overdue: boolean }
  | { kind: 'user'; id: string; roles_version: number; overdue: boolean };

/** The truth: the rows of Postgres. */
export class PostgresTruth implements Truth {
  constructor(private readonly dataSource: DataSource) {}

  async load(sessionIds: readonly string[]): Promise<Map<string, SessionSnapshot>> {
    const rows = await within(READ_TIMEOUT_MS, () => this.dataSource.query<LoadedRow[]>(LOAD, [sessionIds]));
    return new Map(rows.map((row) => [row.id, snapshotOf(row)]));
  }

  async recentEnds(windowMs: number): Promise<RecentEnds> {
    const rows = await within(READ_TIMEOUT_MS, () =>
      this.dataSource.query<EndRow[]>(RECENT_ENDS, [windowMs / 1000]),
    );
    const all = { sessions: [] as EndedSession[], cutOffs: [] as CutOff[] };
    const overdue = { sessions: [] as EndedSession[], cutOffs: [] as CutOff[] };
    let now = 0;
    for (const row of rows) {
      if (row.kind === 'now') {
        now = row.at;
      } else if (row.kind === 'session') {
        const end = { sessionId: row.id, reason: row.reason, endedAt: row.at };
        all.sessions.push(end);
        if (row.overdue) overdue.sessions.push(end);
      } else {
        const cutOff = { userId: row.id, rolesVersion: row.roles_version };
        all.cutOffs.push(cutOff);
        if (row.overdue) overdue.cutOffs.push(cutOff);
      }
    }
    return { ...all, overdue, now };
  }

  async confirm({ sessions, cutOffs }: Ends, confirmation: Confirmation): Promise<void> {
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
         FROM unnest($1::uuid[], $2::integer[]) AS confirmed (id, roles_version)
         WHERE u.id = confirmed.id AND u.roles_version = confirmed.roles_version AND u.roles_enforced_at IS NULL`,
        [cutOffs.map(({ userId }) => userId), cutOffs.map(({ rolesVersion }) => rolesVersion)],
      );
    }
  }

  async areConfirmed({ sessions, cutOffs }: Ends): Promise<boolean> {
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
    deviceId: row.device_id,
    status: row.status,
    endedReason: row.ended_reason,
    createdAt: row.created_at,
    authTime: row.auth_time,
    rolesVersion: row.roles_version,
    lastSeenAt: row.last_seen_at,
    address: row.address,
    countries: row.countries,
    clients: row.clients,
    needsLogin: row.needs_login,
    grantedAt: 0,
    seen: null,
    readAt: row.read_at,
    profile: {
      email: row.email,
      deviceName: row.name,
      deviceKind: row.kind,
      browser: row.browser,
      system: row.system,
    },
  };
}
