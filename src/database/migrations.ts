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

/** Applies the pending migrations. @returns their names, oldest first */
export async function runMigrations(url: string): Promise<string[]> {
  return withLock(url, async (dataSource) => {
    const applied = await dataSource.runMigrations();
    return applied.map((migration) => migration.name);
  });
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
export async function revertMigration(url: string, expected?: string): Promise<string | null> {
  return withLock(url, async (dataSource) => {
    const migration = await newestApplied(dataSource);
    const name = migration && nameOf(migration);
    if (expected !== undefined && name !== expected) {
      throw new DatabaseNotReady(`${expected} is not the newest migration any more: nothing was reverted`);
    }
    // TypeORM follows a migration's own `transaction` only when it applies it.
    if (migration)
      await dataSource.undoLastMigration({ transaction: migration.transaction === false ? 'none' : 'all' });
    return name;
  });
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
  const table = dataSource.options.migrationsTableName ?? 'migrations';
  const known = MIGRATIONS.map(({ name }) => name);
  const [{ exists }] = await dataSource.query('SELECT to_regclass($1) IS NOT NULL AS "exists"', [table]);
  if (!exists) return known;
  const rows: Pick<Migration, 'name'>[] = await dataSource.query(`SELECT name FROM "${table}"`);
  const applied = new Set(rows.map(({ name }) => name));
  return known.filter((name) => !applied.has(name));
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
  const options = dataSourceOptions(url, 2, MIGRATION_TIMEOUT_MS);
  return {
    ...options,
    extra: {
      ...options.extra,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    },
  };
}
