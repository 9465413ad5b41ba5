import type {
  CutOff,
  EndedSession,
  RecentRevocations,
  Revocations,
} from '@latchkey/revocation/session-store';
import { StandbyServer } from '../../database/standby-server.js';

/** Rows of each kind in one page. A mass of revocations must not run into the timeout, or hold requests up while it is read. */
const PAGE_SIZE = 5_000;
/** Overdue revocations in one read, those that have waited longest first. */
const OVERDUE_AT_ONCE = 5_000;
/** The instance that made a revocation is dead or cut off when it has not confirmed it within this time. */
const OVERDUE_AFTER = `interval '1 second'`;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

const SESSION = `'session' AS kind, id, ended_reason AS reason, NULL::integer AS roles_version, NULL::integer AS session_epoch,
  (extract(epoch FROM ended_at) * 1000)::float8 AS at`;
const USER = `'user' AS kind, id, NULL AS reason, roles_version, session_epoch,
  (extract(epoch FROM roles_changed_at) * 1000)::float8 AS at`;

// In every page: a pooler may send each statement to another server.
const SERVER = `
  SELECT CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE 'now' END AS kind, NULL::uuid AS id,
         extract(epoch FROM pg_postmaster_start_time())::text AS reason, NULL::integer AS roles_version,
         NULL::integer AS session_epoch, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at, false AS overdue`;

/** $1: the window in seconds, $2: rows of each kind; after ($3, $4) for sessions and ($5, $6) for users. */
const PAGE = `
  ${SERVER}
  UNION ALL
  (SELECT ${SESSION}, false AS overdue FROM sessions WHERE status <> 'active'
   AND (ended_at, id) > (coalesce(to_timestamp($3::float8 / 1000), now() - make_interval(secs => $1)), $4::uuid)
   ORDER BY ended_at, id LIMIT $2)
  UNION ALL
  (SELECT ${USER}, false FROM users WHERE roles_changed_at IS NOT NULL
   AND (roles_changed_at, id) > (coalesce(to_timestamp($5::float8 / 1000), now() - make_interval(secs => $1)), $6::uuid)
   ORDER BY roles_changed_at, id LIMIT $2)`;

/** $7: rows of each kind. No limit on the age: a row may be committed long after it was stamped. */
const OVERDUE = `
  (SELECT ${SESSION}, true FROM sessions
   WHERE status <> 'active' AND enforced_at IS NULL AND ended_at < now() - ${OVERDUE_AFTER}
   ORDER BY ended_at LIMIT $7)
  UNION ALL
  (SELECT ${USER}, true FROM users
   WHERE roles_changed_at IS NOT NULL AND roles_enforced_at IS NULL AND roles_changed_at < now() - ${OVERDUE_AFTER}
   ORDER BY roles_changed_at LIMIT $7)`;

const FIRST_PAGE = `${PAGE} UNION ALL ${OVERDUE}`;

interface Row {
  readonly kind: 'now' | 'standby' | 'session' | 'user';
  readonly id: string;
  readonly reason: string;
  readonly roles_version: number;
  readonly session_epoch: number;
  readonly at: number;
  readonly overdue: boolean;
}

/** The last row of its kind that was read; `at` is `null` at the start of the window. */
type Cursor = Pick<Row, 'id'> & { readonly at: number | null };

/**
 * Reads the revocations within a window page by page; the first page also has the overdue ones.
 *
 * @param query runs one statement
 * @throws {StandbyServer}
 */
export async function readRecentRevocations(
  windowMs: number,
  query: (sql: string, parameters: unknown[]) => Promise<Row[]>,
  { pageSize, overdueAtOnce } = { pageSize: PAGE_SIZE, overdueAtOnce: OVERDUE_AT_ONCE },
): Promise<RecentRevocations> {
  const start: Cursor = { id: FIRST_ID, at: null };
  let [session, user] = [start, start];
  const after = () => [windowMs / 1000, pageSize, session.at, session.id, user.at, user.id];
  const read = fromPrimary(await query(FIRST_PAGE, [...after(), overdueAtOnce]));
  const { at: now, reason: server } = read.find(({ kind }) => kind === 'now') ?? { at: 0, reason: '' };
  const overdue = read.filter((row) => row.overdue);
  for (let page = read; ; read.push(...page)) {
    const [sessions, users] = [fresh(page, 'session'), fresh(page, 'user')];
    session = sessions.reduce(later, session);
    user = users.reduce(later, user);
    if (sessions.length < pageSize && users.length < pageSize) break;
    page = fromPrimary(await query(PAGE, after()));
  }
  return { ...revocationsIn(read), overdue: revocationsIn(overdue), now, server };
}

function fromPrimary(page: Row[]): Row[] {
  if (page.some(({ kind }) => kind === 'standby')) throw new StandbyServer();
  return page;
}

function fresh(page: readonly Row[], kind: Row['kind']): Row[] {
  return page.filter((row) => row.kind === kind && !row.overdue);
}

function later(last: Cursor, row: Cursor): Cursor {
  if (last.at === null || row.at === null || row.at > last.at) return row;
  return row.at === last.at && row.id > last.id ? row : last;
}

function revocationsIn(rows: readonly Row[]): Revocations {
  const sessions: EndedSession[] = [];
  const cutOffs: CutOff[] = [];
  for (const { kind, id, reason, roles_version, session_epoch, at } of rows) {
    if (kind === 'session') sessions.push({ sessionId: id, reason, endedAt: at });
    if (kind === 'user')
      cutOffs.push({ userId: id, rolesVersion: roles_version, sessionEpoch: session_epoch });
  }
  return { sessions, cutOffs };
}
