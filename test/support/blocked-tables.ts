import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';

/** Locks that other transactions' writes wait for; those that are listed last also block reads. */
const BLOCKING_MODES = ['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'];

interface Table {
  readonly name: string;
  /** The file of the table. A table that is rewritten gets another one. */
  readonly file: string;
  /** How often this transaction has read the whole table. */
  readonly scans: number;
  readonly isBlocked: boolean;
}

/**
 * Applies a migration, and tells what would block requests for long if the tables were big: statements that read or
 * rewrite a whole table while the transaction blocks writes to it. Postgres reports both for an empty table as well.
 * Statements that run CONCURRENTLY block nothing.
 */
export async function blockedTables(
  dataSource: DataSource,
  migration: Pick<MigrationInterface, 'up' | 'transaction'>,
): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  const existing = new Set((await tables(runner)).map(({ name }) => name));
  const found = new Set<string>();
  const watched = async (statement: string, parameters?: unknown[]) => {
    const before = new Map((await tables(runner)).map((table) => [table.name, table]));
    const result = await runner.query(statement, parameters);
    for (const { name, file, scans, isBlocked } of await tables(runner)) {
      const former = before.get(name);
      if (!former || !existing.has(name) || !isBlocked) continue;
      if (file !== former.file) found.add(`rewrites ${name}`);
      else if (scans > former.scans) found.add(`reads ${name}`);
    }
    return result;
  };
  const isTogether = migration.transaction !== false;
  const query = async (statement: string, parameters?: unknown[]) => {
    if (/\bCONCURRENTLY\b/i.test(statement)) return runner.query(statement, parameters);
    if (isTogether) return watched(statement, parameters);
    return inTransaction(runner, () => watched(statement, parameters));
  };
  const apply = () => migration.up({ query } as unknown as QueryRunner);
  try {
    await (isTogether ? inTransaction(runner, apply) : apply());
    return [...found];
  } finally {
    await runner.release();
  }
}

async function inTransaction<T>(runner: QueryRunner, change: () => Promise<T>): Promise<T> {
  await runner.startTransaction();
  try {
    const result = await change();
    await runner.commitTransaction();
    return result;
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}

async function tables(runner: QueryRunner): Promise<Table[]> {
  return runner.query(
    `SELECT c.relname AS name, c.relfilenode AS file, pg_stat_get_xact_numscans(c.oid)::integer AS scans,
       EXISTS (SELECT FROM pg_locks l WHERE l.relation = c.oid AND l.pid = pg_backend_pid() AND l.mode = ANY ($1)) AS "isBlocked"
     FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`,
    [BLOCKING_MODES],
  );
}
