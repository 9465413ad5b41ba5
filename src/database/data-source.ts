import type { ClientBase } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { postgresServerUrls } from '../config/postgres-url.js';
import { traceStatements } from '../telemetry/traced-statements.js';
import { KEEP_IDLE_SESSION } from './advisory-locks.js';
import {
  CONNECTED_SERVER,
  type ConnectedServer,
  isPooled,
  requireAnyText,
  requireSettings,
} from './connection-pooler.js';
import { breakHungConnections, breakWhenSilent } from './hung-connections.js';
import { MIGRATIONS } from './migration-list.js';
import { clientClass } from './primary-client.js';
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
 * the statements of the service rely on READ COMMITTED. Numbers, such as the epoch seconds in tokens, must not be rounded,
 * and arrays may contain NULL.
 */
const SESSION_SETTINGS = `
  SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET timezone = 'UTC'; SET extra_float_digits = 1;
  SET array_nulls = on; SET default_transaction_isolation = 'read committed'`;

/**
 * The second setting limits how long a stuck transaction can lock a row that a revoke waits for. Not sent with the
 * connection's first message: PgBouncer refuses connections with settings that it does not know.
 */
const timeouts = (ms: number) => `
  SET statement_timeout = ${ms}; SET idle_in_transaction_session_timeout = ${ms}`;

/**
 * Only the schema that has the tables of the service, so that tables of the same name elsewhere do not hide them. For a new
 * installation `public`, or the current schema if the role may not create tables in `public`.
 */
const OWN_SCHEMA = `
  SELECT set_config('search_path', quote_ident(coalesce(
    (SELECT nspname FROM pg_namespace WHERE oid =
      (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('${MIGRATIONS_TABLE}'))),
    (SELECT nspname FROM pg_namespace WHERE nspname = 'public'
     AND (to_regclass('public.${MIGRATIONS_TABLE}') IS NOT NULL OR has_schema_privilege(oid, 'CREATE'))),
    current_schema(), 'public')), false)`;

/**
 * The options of every connection to Postgres.
 *
 * @param url a `postgres://` URL, which may name several servers
 * @param poolSize the maximum number of connections
 * @param statementTimeoutMs 0: no limit
 * @param preparationSilenceMs a new connection that is silent for longer than this before its first use is broken
 */
export function dataSourceOptions(
  url: string,
  poolSize: number,
  statementTimeoutMs = QUERY_TIMEOUT_MS,
  preparationSilenceMs = SILENCE_MS,
) {
  const servers = postgresServerUrls(url);
  return {
    type: 'postgres',
    url: servers[0],
    applicationName: 'latchkey',
    synchronize: false,
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATIONS_TABLE,
    // Not one transaction for all: an index cannot be built CONCURRENTLY inside a transaction.
    migrationsTransactionMode: 'each',
    extra: {
      max: poolSize,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      Client: clientClass(servers),
      // The pool waits for it without a limit, and counts the connection as used.
      onConnect: (client: ClientBase) =>
        breakWhenSilent(client, preparationSilenceMs, () => prepareSession(client, url, statementTimeoutMs)),
    },
  } as const satisfies DataSourceOptions;
}

/**
 * An operator can choose the schema in the URL: `?options=-csearch_path%3Dauth`. Checked for every connection, because a
 * proxy or a DNS name may lead to another server later; a primary only becomes a standby by a restart.
 *
 * @throws {StandbyServer} {DatabaseNotReady}: its encoding or, behind a pooler, its settings do not fit
 */
async function prepareSession(client: ClientBase, url: string, statementTimeoutMs: number): Promise<void> {
  const { rows } = await client.query<ConnectedServer>(CONNECTED_SERVER);
  const server = rows[0] as ConnectedServer;
  if (server.isStandby) throw new StandbyServer();
  requireAnyText(server);
  if (isPooled(client, server)) return requireSettings(server);
  const settings = `${SESSION_SETTINGS}; ${KEEP_IDLE_SESSION}; ${timeouts(statementTimeoutMs)}`;
  await client.query(url.includes('search_path') ? settings : `${settings}; ${OWN_SCHEMA}`);
}

/**
 * @param silenceMs a connection that is in use and silent for longer is broken; `null`: never
 * @throws when the database cannot be reached now
 */
export async function openDataSource(
  options: DataSourceOptions,
  silenceMs: number | null = SILENCE_MS,
): Promise<DataSource> {
  const dataSource = await new DataSource(options).initialize();
  traceStatements(dataSource);
  if (silenceMs !== null) breakHungConnections(dataSource, silenceMs);
  return dataSource;
}
