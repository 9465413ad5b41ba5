const SESSION = `'session' AS kind, id, ended_reason AS reason, NULL::integer AS roles_version, NULL::integer AS session_epoch,
  (extract(epoch FROM ended_at) * 1000)::float8 AS at`;
const USER = `'user' AS kind, id, NULL AS reason, roles_version, session_epoch,
  (extract(epoch FROM roles_changed_at) * 1000)::float8 AS at`;

/** The instance that made a revocation is dead or cut off when it has not confirmed it within this time. */
const OVERDUE_AFTER = `interval '1 second'`;

export interface Row {
  readonly kind: 'server' | 'standby' | 'session' | 'user';
  readonly id: string;
  /** Of the server: what identifies it. */
  readonly reason: string;
  readonly roles_version: number;
  readonly session_epoch: number;
  readonly at: number;
  /** Of a session or user: its place in the order of the pages. Of the server: the snapshot of the statement. */
  readonly position: string;
  readonly is_overdue: boolean;
}

/** The last row of its kind that was read. */
export type Cursor = Pick<Row, 'id' | 'position'>;

/** Before every time, and before every transaction. */
export const START_OF_PAGES: Cursor = { id: '00000000-0000-0000-0000-000000000000', position: '0' };

// In every page: a pooler may send each statement to another server.
export const SERVER = `
  SELECT CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE 'server' END AS kind, NULL::uuid AS id,
         extract(epoch FROM pg_postmaster_start_time())::text AS reason, NULL::integer AS roles_version,
         NULL::integer AS session_epoch, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at,
         pg_current_snapshot()::text AS position, false AS is_overdue`;

const NEXT_PAGE = 'ORDER BY place, id LIMIT $1';

/** $1: rows of each kind; after ($2, $3) for sessions and ($4, $5) for users; $6: the window in seconds. */
export const BY_TIME = `
  SELECT * FROM (${pageByTime('sessions', SESSION, 'ended_at', 'enforced_at', `status <> 'active'`, '$2', '$3')}) AS ended
  UNION ALL
  SELECT * FROM (${pageByTime('users', USER, 'roles_changed_at', 'roles_enforced_at', 'true', '$4', '$5')}) AS changed`;

/** What is unconfirmed however old it is, then everything within the window. */
function pageByTime(
  table: string,
  columns: string,
  at: string,
  confirmedAt: string,
  condition: string,
  position: string,
  id: string,
): string {
  const rows = (extra: string) => `
    (SELECT ${columns}, (extract(epoch FROM ${at}) * 1000000)::bigint::text AS position, false AS is_overdue, ${at} AS place
     FROM ${table} WHERE ${condition} AND ${extra}
       AND (${at}, id) > (to_timestamp(0) + ${position}::bigint * interval '1 microsecond', ${id}::uuid)
     ORDER BY ${at}, id LIMIT $1)`;
  const start = 'now() - make_interval(secs => $6)';
  return `
    SELECT kind, id, reason, roles_version, session_epoch, at, position, is_overdue FROM (
      ${rows(`${at} IS NOT NULL AND ${confirmedAt} IS NULL AND ${at} <= ${start}`)}
      UNION ALL ${rows(`${at} > ${start}`)}) AS page ${NEXT_PAGE}`;
}

/**
 * $1: rows of each kind; after ($2, $3) for sessions and ($4, $5) for users; $6 and $7: ranges of transactions, from and
 * before. A range without an end goes up to the last transaction that the statement can see: a restored row may have an
 * id that this server has not reached yet.
 */
export const BY_COMMIT = `
  SELECT * FROM (${pageByCommit('sessions', SESSION, 'ended_xid', '$2', '$3')}) AS ended
  UNION ALL
  SELECT * FROM (${pageByCommit('users', USER, 'roles_changed_xid', '$4', '$5')}) AS changed`;

/** A scan for each range: the index has them in order, so none sorts more than one page of each. */
function pageByCommit(table: string, columns: string, xid: string, position: string, id: string): string {
  return `
    SELECT kind, id, reason, roles_version, session_epoch, at, position, is_overdue
    FROM unnest($6::bigint[], $7::bigint[]) AS range (low, high) CROSS JOIN LATERAL (
      SELECT ${columns}, ${xid}::text AS position, false AS is_overdue, ${xid} AS place FROM ${table}
      WHERE ${xid} >= low AND ${xid} < coalesce(high, pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
        AND (${xid}, id) > (${position}::bigint, ${id}::uuid)
      ORDER BY ${xid}, id LIMIT $1) AS page ${NEXT_PAGE}`;
}

/** @param limit the number of the parameter that is the most rows of each kind */
export const OVERDUE = (limit: number) => `
  (SELECT ${SESSION}, NULL AS position, true AS is_overdue FROM sessions
   WHERE status <> 'active' AND enforced_at IS NULL AND ended_at < now() - ${OVERDUE_AFTER}
   ORDER BY ended_at, id LIMIT $${limit})
  UNION ALL
  (SELECT ${USER}, NULL AS position, true AS is_overdue FROM users
   WHERE roles_changed_at IS NOT NULL AND roles_enforced_at IS NULL AND roles_changed_at < now() - ${OVERDUE_AFTER}
   ORDER BY roles_changed_at, id LIMIT $${limit})`;
