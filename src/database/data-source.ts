import { DataSource, type DataSourceOptions } from 'typeorm';
import { breakHungConnections } from './hung-connections.js';
import { MIGRATIONS } from './migration-list.js';

/** A connection that cannot be had within this time counts as a database that cannot be reached. */
const CONNECT_TIMEOUT_MS = 2_000;
/** No statement of the service takes long; one that does is waiting for something that is gone. */
const QUERY_TIMEOUT_MS = 3_000;
/** A database that lives has answered by then, if only that the statement took too long. */
const SILENCE_MS = QUERY_TIMEOUT_MS + 500;

/**
 * What every connection to Postgres has in common.
 *
 * @param url a `postgres://` URL
 * @param poolSize connections held at most
 */
export function dataSourceOptions(url: string, poolSize: number) {
  return {
    type: 'postgres',
    url,
    applicationName: 'latchkey',
    synchronize: false,
    migrations: MIGRATIONS,
    migrationsTableName: 'schema_migrations',
    // One by one, since an index built CONCURRENTLY cannot be in a transaction.
    migrationsTransactionMode: 'each',
    extra: {
      max: poolSize,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: QUERY_TIMEOUT_MS,
      // Bounds how long a transaction of ours may hold a row that a revoke waits for.
      idle_in_transaction_session_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
    },
  } as const satisfies DataSourceOptions;
}

/** Connects. @throws when the database cannot be reached now */
export async function openDataSource(options: DataSourceOptions): Promise<DataSource> {
  const dataSource = await new DataSource(options).initialize();
  breakHungConnections(dataSource, SILENCE_MS);
  return dataSource;
}
