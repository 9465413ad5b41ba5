import type {
  CutOff,
  EndedSession,
  RecentRevocations,
  Revocations,
} from '@latchkey/revocation/session-store';
import { StandbyServer } from '../../database/standby-server.js';

/** Rows of each kind in one page. A mass of revocations must not run into the timeout, or hold requests up while it is read. */
const PAGE_SIZE = 5_000;
/** Overdue revocations that are pushed again at once, those that have waited longest first. */
const OVERDUE_AT_ONCE = 5_000;
/**
 * Overdue revocations in one read. After a transaction that took long and ended many sessions, all of them are overdue
 * when it commits: they are refused from the next read on, however long it takes to confirm them.
 */
const OVERDUE_MAX = 100_000;
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

/** No limit on the age: a row may be committed long after it was stamped. */
const overdue = (limit: string, sessionsAfter = '', usersAfter = '') => `
  (SELECT ${SESSION}, true AS overdue FROM sessions
   WHERE status <> 'active' AND enforced_at IS NULL AND ended_at < now() - ${OVERDUE_AFTER} ${sessionsAfter}
   ORDER BY ended_at, id LIMIT ${limit})
  UNION ALL
  (SELECT ${USER}, true FROM users
   WHERE roles_changed_at IS NOT NULL AND roles_enforced_at IS NULL AND roles_changed_at < now() - ${OVERDUE_AFTER}
   ${usersAfter}
   ORDER BY roles_changed_at, id LIMIT ${limit})`;

/** $7: overdue rows of each kind. */
const FIRST_PAGE = `${PAGE} UNION ALL ${overdue('$7')}`;

/** $1: rows of each kind; after ($2, $3) for sessions and ($4, $5) for users. */
const OVERDUE_PAGE = `
  ${SERVER}
  UNION ALL ${overdue(
    '$1',
    `AND (ended_at, id) > (coalesce(to_timestamp($2::float8 / 1000), '-infinity'), $3::uuid)`,
    `AND (roles_changed_at, id) > (coalesce(to_timestamp($4::float8 / 1000), '-infinity'), $5::uuid)`,
  )}`;

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

type Query = (sql: string, parameters: unknown[]) => Promise<Row[]>;

interface Sizes {
  readonly pageSize: number;
  readonly overdueAtOnce: number;
  readonly overdueMax: number;
}

const SIZES: Sizes = { pageSize: PAGE_SIZE, overdueAtOnce: OVERDUE_AT_ONCE, overdueMax: OVERDUE_MAX };

/**
 * Reads the revocations within a window, and the overdue ones, page by page.
 *
 * @param query runs one statement
 * @throws {StandbyServer}
 */
export async function readRecentRevocations(
  windowMs: number,
  query: Query,
  { pageSize, overdueAtOnce, overdueMax } = SIZES,
): Promise<RecentRevocations> {
  const recent = new Cursors(false);
  const after = () => [windowMs / 1000, pageSize, ...recent.position];
  const read = fromPrimary(await query(FIRST_PAGE, [...after(), overdueAtOnce]));
  const { at: now, reason: server } = read.find(({ kind }) => kind === 'now') ?? { at: 0, reason: '' };
  const firstOverdue = read.filter((row) => row.overdue);
  const late = new Cursors(true);
  let isLateFull = late.pass(read, overdueAtOnce);
  let isFull = recent.pass(read, pageSize);
  while (isFull) {
    const page = fromPrimary(await query(PAGE, after()));
    read.push(...page);
    isFull = recent.pass(page, pageSize);
  }
  for (let count = firstOverdue.length; isLateFull && count < overdueMax; ) {
    const page = fromPrimary(await query(OVERDUE_PAGE, [overdueAtOnce, ...late.position]));
    read.push(...page);
    isLateFull = late.pass(page, overdueAtOnce);
    count += page.length;
  }
  return { ...revocationsIn(read), overdue: revocationsIn(firstOverdue), now, server };
}

/** Where the next page starts, for either kind of row. */
class Cursors {
  private session: Cursor = { id: FIRST_ID, at: null };
  private user: Cursor = { id: FIRST_ID, at: null };

  constructor(private readonly overdue: boolean) {}

  get position(): unknown[] {
    return [this.session.at, this.session.id, this.user.at, this.user.id];
  }

  /** @returns whether there may be another page */
  pass(page: readonly Row[], pageSize: number): boolean {
    const of = (kind: Row['kind']) => page.filter((row) => row.kind === kind && row.overdue === this.overdue);
    const [sessions, users] = [of('session'), of('user')];
    this.session = sessions.reduce(later, this.session);
    this.user = users.reduce(later, this.user);
    return sessions.length >= pageSize || users.length >= pageSize;
  }
}

function fromPrimary(page: Row[]): Row[] {
  if (page.some(({ kind }) => kind === 'standby')) throw new StandbyServer();
  return page;
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
