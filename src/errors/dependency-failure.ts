/** Node's words for a peer that cannot be reached or went away. */
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
 * not-yet-started, 57014 statement timeout, 25006 a standby after a fail-over, 25P03 idle-in-transaction timeout,
 * 58 the server's disk, 55P03 lock not available, 40001 and 40P01 a conflict or deadlock: another try can succeed, this one did nothing.
 */
const SQLSTATE = /^(?:08...|53...|57P0.|57014|58...|25006|25P03|55P03|40001|40P01)$/;

/** What pg, pg-pool, TypeORM and node-redis say without a code, matched at the start. */
const MESSAGES = [
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Connection terminated',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
  // A transaction whose connection was lost between two of its statements.
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
 * Whether an error says that something this service depends on cannot be reached or cannot answer now.
 * Structural on purpose: drivers wrap each other's errors, and this folder knows none of them.
 */
export function isDependencyFailure(error: unknown): boolean {
  return causes(error).some((cause) => {
    const { code, message } = cause as { code?: unknown; message?: unknown };
    return (
      (typeof code === 'string' && (NETWORK_CODES.has(code) || SQLSTATE.test(code))) ||
      (typeof message === 'string' && MESSAGES.some((known) => message.startsWith(known))) ||
      'isBrokenCircuitError' in cause
    );
  });
}

/** The error, what it wraps (`cause`, TypeORM's `driverError`) and what it gathers (an `AggregateError`). */
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
