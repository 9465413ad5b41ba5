import { setTimeout } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import {
  type DataSource,
  type Migration,
  MigrationExecutor,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';
import { ADVISORY_LOCKS } from './advisory-locks.js';
import { useBriefLocks, withBriefLocks } from './brief-locks.js';
import { connect } from './connect.js';
import { CONNECTED_SERVER, isPooled } from './connection-pooler.js';
import { dataSourceOptions } from './data-source.js';
import { MIGRATIONS } from './migration-list.js';
import { migrationLosses } from './migration-losses.js';
import { DatabaseNotReady } from './start-errors.js';

/** No limit: an index on a big table takes long, and only other migrations wait for it. */
const MIGRATION_TIMEOUT_MS = 0;
/** The connection that holds the lock is silent as long as the migrations take, and so is one that builds an index. */
const NEVER_SILENT = null;
/** Longer than for a request: on a busy machine, the embedded Postgres is slow to accept its first connection. */
const CONNECT_TIMEOUT_MS = 10_000;

const TURN_POLL_MS = 100;
/** SQLSTATE */
const UNDEFINED_TABLE = '42P01';

type Progress = (line: string) => void;

/** Applies the pending migrations. @returns their names, oldest first */
export async function runMigrations(url: string, progress: Progress = () => {}): Promise<string[]> {
  return withLock(url, (dataSource) =>
    withRunner(dataSource, progress, async (executor, inTurn) => {
      const pending = await executor.getPendingMigrations();
      for (const migration of pending)
        await inTurn(migration.instance, () => executor.executeMigration(migration));
      return pending.map(({ name }) => name);
    }),
  );
}

/** The newest migration, and what reverting it would drop; `null` if none is applied. Read-only. */
export async function newestMigration(url: string): Promise<{ name: string; losses: string[] } | null> {
  const dataSource = await connect(migrationOptions(url));
  try {
    const migration = await newestApplied(dataSource);
    return migration && { name: nameOf(migration), losses: await migrationLosses(migration, dataSource) };
  } finally {
    await dataSource.destroy();
  }
}

/**
 * Reverts the newest migration.
 *
 * @param expected the only migration that may be reverted, if it is given
 * @returns its name, or `null` if none is applied
 * @throws {DatabaseNotReady} if the newest is another one
 */
export async function revertMigration(
  url: string,
  expected?: string,
  progress: Progress = () => {},
): Promise<string | null> {
  return withLock(url, async (dataSource) => {
    const migration = await newestApplied(dataSource);
    const name = migration && nameOf(migration);
    if (expected !== undefined && name !== expected) {
      throw new DatabaseNotReady(`${expected} is not the newest migration any more: nothing was reverted`);
    }
    if (migration) {
      await withRunner(dataSource, progress, (executor, inTurn) =>
        inTurn(migration, () => executor.undoLastMigration()),
      );
    }
    return name;
  });
}

/** Runs one migration in a transaction, or each of its statements by itself if it asks for that. */
type InTurn = (migration: MigrationInterface | undefined, change: () => Promise<unknown>) => Promise<void>;

/** Locks are waited for only briefly. TypeORM's executor would start transactions without a limit. */
async function withRunner<T>(
  dataSource: DataSource,
  progress: Progress,
  change: (executor: MigrationExecutor, inTurn: InTurn) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  let hasReported = false;
  const onConflict = () => {
    if (!hasReported)
      progress('waiting for other transactions on the same tables; requests are still served');
    hasReported = true;
  };
  useBriefLocks(runner, onConflict);
  const executor = new MigrationExecutor(dataSource, runner);
  executor.transaction = 'none';
  try {
    return await change(executor, async (migration, run) => {
      hasReported = false;
      if (migration?.transaction === false) await run();
      else await withBriefLocks(runner, run, onConflict);
    });
  } finally {
    await runner.release();
  }
}

/** @throws {DatabaseNotReady} if this build does not have it */
async function newestApplied(dataSource: DataSource): Promise<MigrationInterface | null> {
  const newest = (await new MigrationExecutor(dataSource).getExecutedMigrations())[0];
  if (!newest) return null;
  const migration = dataSource.migrations.find((known) => nameOf(known) === newest.name);
  if (migration) return migration;
  throw new DatabaseNotReady(
    `the newest migration, ${newest.name}, is of a newer version: revert it with that one`,
  );
}

function nameOf(migration: MigrationInterface): string {
  return migration.name ?? migration.constructor.name;
}

/** Lists every migration of this build, oldest first, and whether it is applied. */
export async function showMigrations(url: string): Promise<{ name: string; applied: boolean }[]> {
  const dataSource = await connect(migrationOptions(url));
  try {
    const pending = new Set(await pendingMigrations(dataSource));
    return MIGRATIONS.map(({ name }) => ({ name, applied: !pending.has(name) }));
  } finally {
    await dataSource.destroy();
  }
}

/** The names of the migrations that are not applied yet, oldest first. Read-only. */
export async function pendingMigrations(dataSource: DataSource): Promise<string[]> {
  const applied = await appliedMigrations(dataSource);
  return MIGRATIONS.map(({ name }) => name).filter((name) => !applied.has(name));
}

async function appliedMigrations(dataSource: DataSource): Promise<Set<string>> {
  const table = dataSource.options.migrationsTableName ?? 'migrations';
  try {
    const rows: Pick<Migration, 'name'>[] = await dataSource.query(`SELECT name FROM "${table}"`);
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    // A new database. One statement, because readiness asks this every few seconds.
    if ((error as { code?: unknown }).code === UNDEFINED_TABLE) return new Set();
    throw error;
  }
}

/** Allows one schema change at a time, even if several instances start at once. */
async function withLock<T>(url: string, change: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = await connect(migrationOptions(url), NEVER_SILENT);
  const lock = dataSource.createQueryRunner();
  try {
    await waitForTurn(lock);
    return await change(dataSource);
  } finally {
    // The lock is released when its connection closes. A pooler closes that of a client that leaves in a transaction.
    await lock.release();
    await dataSource.destroy();
  }
}

/**
 * Polls: a statement that waits for the lock would hold a snapshot, and `CREATE INDEX CONCURRENTLY` waits for every
 * transaction that holds an older one.
 */
async function waitForTurn(lock: QueryRunner): Promise<void> {
  const tryOnce = (await isBehindPooler(lock)) ? tryInTransaction : tryInSession;
  while (!(await tryOnce(lock))) await setTimeout(TURN_POLL_MS);
}

async function isBehindPooler(lock: QueryRunner): Promise<boolean> {
  const client: ClientBase = await lock.connect();
  const [server] = await lock.query(CONNECTED_SERVER);
  return isPooled(client, server);
}

async function tryInSession(lock: QueryRunner): Promise<boolean> {
  const [{ mine }] = await lock.query('SELECT pg_try_advisory_lock($1) AS mine', [ADVISORY_LOCKS.migrations]);
  return mine;
}

/**
 * Behind a pooler, only a transaction keeps its connection, and with it the lock. While it is idle, it has no snapshot:
 * with a parameter, pg would use the extended protocol, whose portal keeps one until the transaction ends.
 */
async function tryInTransaction(lock: QueryRunner): Promise<boolean> {
  await lock.startTransaction('READ COMMITTED');
  await lock.query(`SET LOCAL idle_in_transaction_session_timeout = ${MIGRATION_TIMEOUT_MS}`);
  const [{ mine }] = await lock.query(
    `SELECT pg_try_advisory_xact_lock(${ADVISORY_LOCKS.migrations}) AS mine`,
  );
  if (!mine) await lock.rollbackTransaction();
  return mine;
}

function migrationOptions(url: string) {
  const options = dataSourceOptions(url, 2, MIGRATION_TIMEOUT_MS, CONNECT_TIMEOUT_MS);
  return {
    ...options,
    extra: {
      ...options.extra,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    },
  };
}
