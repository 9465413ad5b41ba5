import type { ClientBase } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { breakHungConnections } from './hung-connections.js';
import { MIGRATIONS } from './migration-list.js';
import { StandbyServer } from './standby-server.js';

/** If no connection is available within this time, the database counts as unreachable. */
const CONNECT_TIMEOUT_MS = 2_000;
/** Every statement of the service is short. One that takes longer is waiting for something that will not come. */
const QUERY_TIMEOUT_MS = 3_000;
/** A running database has answered by then, if only with the error that the statement took too long. */
const SILENCE_MS = QUERY_TIMEOUT_MS + 500;

const MIGRATIONS_TABLE = 'schema_migrations';

/**
 * A database or role may have other settings, for example after a locale was chosen. pg reads times in ISO style only, and
 * the statements of the service rely on READ COMMITTED.
 */
const SESSION_SETTINGS = `
  SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET timezone = 'UTC';
  SET default_transaction_isolation = 'read committed'`;

/**
 * Only the schema that has the tables of the service, so that tables of the same name elsewhere do not hide them. For a new
 * installation `public`, or the current schema if the role may not create tables in `public`.
 */
const OWN_SCHEMA = `
  SELECT set_config('search_path', quote_ident(coalesce(
    (SELECT relnamespace::regnamespace::name FROM pg_class WHERE oid = to_regclass('${MIGRATIONS_TABLE}')),
    (SELECT nspname FROM pg_namespace WHERE nspname = 'public'
     AND (to_regclass('public.${MIGRATIONS_TABLE}') IS NOT NULL OR has_schema_privilege(oid, 'CREATE'))),
    current_schema(), 'public')), false)`;

/**
 * The options of every connection to Postgres.
 *
 * @param url a `postgres://` URL
 * @param poolSize the maximum number of connections
 */
export function dataSourceOptions(url: string, poolSize: number) {
  return {
    type: 'postgres',
    url,
    applicationName: 'latchkey',
    synchronize: false,
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATIONS_TABLE,
    // Not one transaction for all: an index cannot be built CONCURRENTLY inside a transaction.
    migrationsTransactionMode: 'each',
    extra: {
      max: poolSize,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: QUERY_TIMEOUT_MS,
      // Limits how long a stuck transaction can lock a row that a revoke waits for.
      idle_in_transaction_session_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
      onConnect: (client: ClientBase) => prepareSession(client, url),
    },
  } as const satisfies DataSourceOptions;
}

/**
 * An operator can choose the schema in the URL: `?options=-csearch_path%3Dauth`. Checked for every connection, because a
 * proxy or a DNS name may lead to another server later; a primary only becomes a standby by a restart.
 *
 * @throws {StandbyServer}
 */
async function prepareSession(client: ClientBase, url: string): Promise<void> {
  const { rows } = await client.query<{ isStandby: boolean }>('SELECT pg_is_in_recovery() AS "isStandby"');
  if (rows[0]?.isStandby) throw new StandbyServer();
  await client.query(url.includes('search_path') ? SESSION_SETTINGS : `${SESSION_SETTINGS}; ${OWN_SCHEMA}`);
}

/** @throws when the database cannot be reached now */
export async function openDataSource(options: DataSourceOptions): Promise<DataSource> {
  const dataSource = await new DataSource(options).initialize();
  breakHungConnections(dataSource, SILENCE_MS);
  return dataSource;
}
