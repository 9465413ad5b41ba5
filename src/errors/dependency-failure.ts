import { errorMessage } from './error-message.js';

/** Node's error codes for a peer that cannot be reached or has disconnected. */
const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  // @latchkey/revocation: Redis did not answer in time.
  'ERR_REVOCATION_TIMEOUT',
]);

/**
 * SQLSTATE (PostgreSQL, Appendix A): 08 connection exception, 53 insufficient resources, 57P0x shutdown, crash and
 * starting up, 57014 statement timeout, 25006 a standby after a failover, 25P03 idle-in-transaction timeout, 58 errors
 * of the server's disk, 55P03 lock not available, 40001 and 40P01 serialization failure and deadlock (nothing was
 * written, and a retry can succeed). The role or the database changed while the service runs: 28 password or login
 * refused, 3D000 no such database, 42501 rights lost.
 */
const SQLSTATE = /^(?:08...|53...|57P0.|57014|58...|25006|25P03|55P03|40001|40P01|28...|3D000|42501)$/;

/** SQLSTATE of a database that accepts no connections, and of many faults of statements. */
const NOT_IN_PREREQUISITE_STATE = '55000';
/** The source file of Postgres that opens a session. The message would be in the language of the server. */
const SESSION_START = 'postinit.c';

/**
 * SQLSTATE when the schema of another version lacks something: a table, a column, a type or constraint, a unique index for
 * `ON CONFLICT`, a schema. A migration was reverted under a running instance, or a newer one removed it.
 */
const MISSING_IN_SCHEMA = /^(?:42P01|42703|42704|42P10|3F000)$/;

/** How the messages begin of errors that pg, pg-pool, TypeORM and node-redis throw without a code. */
const MESSAGES = [
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Connection terminated',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
  // The connection was lost between two statements of a transaction.
  'Query runner already released',
  'Database connection provided by a query runner was already released',
  'Driver not Connected',
  'Cannot execute operation because connection is not yet established',
  'Connection with postgres database is not established',
  'Socket closed unexpectedly',
  'The client is closed',
  'The client is offline',
  'Connection timeout',
] as const;

const MAX_CAUSES = 8;

/**
 * Whether an error means that a dependency of this service is unreachable or unable to answer at the moment. It checks
 * fields instead of classes, because drivers wrap errors of other drivers, and to avoid imports of all of them.
 */
export function isDependencyFailure(error: unknown): boolean {
  return (
    schemaMismatch(error) !== null ||
    causes(error).some((cause) => {
      const { code, file, message } = cause as { code?: unknown; file?: unknown; message?: unknown };
      return (
        (typeof code === 'string' && (NETWORK_CODES.has(code) || SQLSTATE.test(code))) ||
        (code === NOT_IN_PREREQUISITE_STATE && file === SESSION_START) ||
        (typeof message === 'string' && MESSAGES.some((known) => message.startsWith(known))) ||
        'isBrokenCircuitError' in cause
      );
    })
  );
}

/** One line for the operator if the schema of the database is that of another version; otherwise `null`. */
export function schemaMismatch(error: unknown): string | null {
  const found = causes(error).find((cause) => {
    const { code } = cause as { code?: unknown };
    return typeof code === 'string' && MISSING_IN_SCHEMA.test(code);
  });
  return found
    ? `the database schema is not that of this version, see "latchkey migrate show": ${errorMessage(found)}`
    : null;
}

/** The error, those that it wraps (`cause`, TypeORM's `driverError`) and those that an `AggregateError` contains. */
function causes(error: unknown): object[] {
  const found: object[] = [];
  const pending = [error];
  while (pending.length > 0 && found.length < MAX_CAUSES) {
    const next = pending.shift();
    if (next === null || typeof next !== 'object' || found.includes(next)) continue;
    found.push(next);
    const { cause, driverError, errors } = next as {
      cause?: unknown;
      driverError?: unknown;
      errors?: unknown;
    };
    pending.push(cause, driverError, ...(Array.isArray(errors) ? errors : []));
  }
  return found;
}
