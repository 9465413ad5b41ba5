import type {
  CutOff,
  EndedSession,
  RecentRevocations,
  Revocations,
  TailPosition,
} from '@latchkey/revocation/session-store';
import { StandbyServer } from '../../database/standby-server.js';
import {
  BY_COMMIT,
  BY_TIME,
  type Cursor,
  OVERDUE,
  type Row,
  SERVER,
  START_OF_PAGES,
} from './recent-revocations.sql.js';
import { readSnapshot, type Snapshot, unseenSince } from './transaction-snapshot.js';

/** Rows of each kind in one page. A mass of revocations must not run into the timeout, or hold requests up while it is read. */
const PAGE_SIZE = 5_000;
/** Overdue revocations that are pushed again at once, those that have waited longest first. */
const OVERDUE_AT_ONCE = 5_000;

export type Query = (sql: string, parameters: unknown[]) => Promise<Row[]>;

interface Sizes {
  readonly pageSize: number;
  readonly overdueAtOnce: number;
}

const SIZES: Sizes = { pageSize: PAGE_SIZE, overdueAtOnce: OVERDUE_AT_ONCE };

interface Position {
  readonly server: string;
  /** The transactions that earlier reads have covered; `null` in a read by time. */
  readonly covered: Snapshot | null;
  /** In the middle of a read: where the next page starts, and the snapshot of the first page. */
  readonly within: { readonly cursors: Cursors; readonly snapshot: Snapshot } | null;
}

interface Cursors {
  readonly session: Cursor;
  readonly user: Cursor;
}

const START: Cursors = { session: START_OF_PAGES, user: START_OF_PAGES };

/**
 * Reads one page of the revocations that have been committed since `from`, or of those within a window.
 *
 * A time stamp does not tell what has been committed since an earlier read: it is as much older than the commit as the
 * transaction is long. Each row has the id of its transaction, and the snapshot of the earlier read tells which
 * transactions that read could not see: those that were in progress, and those that began later.
 *
 * @param query runs one statement
 * @throws {StandbyServer}
 */
export async function readRecentRevocations(
  windowMs: number,
  from: TailPosition | null,
  query: Query,
  { pageSize, overdueAtOnce } = SIZES,
): Promise<RecentRevocations> {
  const position = from as Position | null;
  const rows = await query(...statement(position, windowMs, pageSize, overdueAtOnce));
  const server = rows.find(({ kind }) => kind === 'server' || kind === 'standby');
  if (server?.kind !== 'server') throw new StandbyServer();
  // Another server may lack the last transactions, and have others with the same ids.
  if (position && position.server !== server.reason)
    return readRecentRevocations(windowMs, null, query, { pageSize, overdueAtOnce });

  const pages = rows.filter(({ is_overdue }) => !is_overdue);
  const snapshot = position?.within?.snapshot ?? readSnapshot(server.position);
  const cursors = position?.within?.cursors ?? START;
  const next: Cursors = {
    session: lastOf('session', pages) ?? cursors.session,
    user: lastOf('user', pages) ?? cursors.user,
  };
  const isFull = (kind: Row['kind']) => pages.filter((row) => row.kind === kind).length >= pageSize;
  const covered = position?.covered ?? null;
  const read = { server: server.reason };
  return {
    ...revocationsIn(pages),
    overdue: revocationsIn(rows.filter(({ is_overdue }) => is_overdue)),
    now: server.at,
    server: server.reason,
    next:
      isFull('session') || isFull('user') ? { ...read, covered, within: { cursors: next, snapshot } } : null,
    end: { ...read, covered: snapshot, within: null },
  };
}

function statement(
  position: Position | null,
  windowMs: number,
  pageSize: number,
  overdueAtOnce: number,
): [sql: string, parameters: unknown[]] {
  const { session, user } = position?.within?.cursors ?? START;
  const cursors = [pageSize, session.position, session.id, user.position, user.id];
  const isFirst = !position?.within;
  const [page, parameters] = position?.covered
    ? [BY_COMMIT, [...cursors, ...unseenSince(position.covered, position.within?.snapshot ?? null)]]
    : [BY_TIME, [...cursors, windowMs / 1000]];
  return isFirst
    ? [
        `${SERVER} UNION ALL ${page} UNION ALL ${OVERDUE(parameters.length + 1)}`,
        [...parameters, overdueAtOnce],
      ]
    : [`${SERVER} UNION ALL ${page}`, parameters];
}

/** Compared here: Postgres does not promise the order of the parts of a union. */
function lastOf(kind: Row['kind'], page: readonly Row[]): Cursor | undefined {
  const rows: Cursor[] = page.filter((row) => row.kind === kind);
  return rows.length === 0 ? undefined : rows.reduce(later);
}

function later(last: Cursor, row: Cursor): Cursor {
  if (row.position === last.position) return row.id > last.id ? row : last;
  return BigInt(row.position) > BigInt(last.position) ? row : last;
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
