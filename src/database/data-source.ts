import type { ClientBase } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { breakHungConnections } from './hung-connections.js';
import { MIGRATIONS } from './migration-list.js';

/** If no connection is available within this time, the database counts as unreachable. */
const CONNECT_TIMEOUT_MS = 2_000;
/** Every statement of the service is short. One that takes longer is waiting for something that will not come. */
const QUERY_TIMEOUT_MS = 3_000;
/** A running database has answered by then, if only with the error that the statement took too long. */
const SILENCE_MS = QUERY_TIMEOUT_MS + 500;

/**
 * A database or role may have other settings, for example after a locale was chosen. pg reads times in ISO style only, and
 * the statements of the service rely on READ COMMITTED.
 */
const SESSION_SETTINGS = `
  SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET timezone = 'UTC';
  SET default_transaction_isolation = 'read committed'`;

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
    migrationsTableName: 'schema_migrations',
    // Not one transaction for all: an index cannot be built CONCURRENTLY inside a transaction.
    migrationsTransactionMode: 'each',
    extra: {
      max: poolSize,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: QUERY_TIMEOUT_MS,
      // Limits how long a stuck transaction can lock a row that a revoke waits for.
      idle_in_transaction_session_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
      onConnect: (client: ClientBase) => client.query(SESSION_SETTINGS),
    },
  } as const satisfies DataSourceOptions;
}

/** @throws when the database cannot be reached now */
export async function openDataSource(options: DataSourceOptions): Promise<DataSource> {
  const dataSource = await new DataSource(options).initialize();
  breakHungConnections(dataSource, SILENCE_MS);
  return dataSource;
}
