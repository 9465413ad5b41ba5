import { UnusableAuditLog } from '../audit/audit-file.js';
import { UnusableSigningKey } from '../auth/keys/sealed-key.js';
import { UnusableBrandLogo } from '../brand/brand-logo.js';
import { InvalidEnvironment } from '../config/environment.js';
import { SecondInstance } from '../database/instance-lock.js';
import { StandbyServer } from '../database/standby-server.js';
import { DatabaseNotReady, EmbeddedPostgresFailed } from '../database/start-errors.js';
import { AppError } from '../errors/app-error.js';
import { UnusableGeoIpDatabase } from '../geoip/geoip-database.js';
import { UnusableMailTemplate } from '../mail/templates/template-files.js';
import { UnusableMetricsPort } from '../metrics/metrics-server.js';
import { RedisNotReady } from '../redis/redis-connection.js';
import { RedisMisconfigured } from '../redis/redis-misconfigured.js';

/** Errors that the operator can fix. */
const EXPLAINED = [
  AppError,
  DatabaseNotReady,
  EmbeddedPostgresFailed,
  InvalidEnvironment,
  RedisMisconfigured,
  RedisNotReady,
  SecondInstance,
  StandbyServer,
  UnusableAuditLog,
  UnusableGeoIpDatabase,
  UnusableMailTemplate,
  UnusableBrandLogo,
  UnusableSigningKey,
];

/** SQLSTATE of what Postgres refuses to this role, or on a server or database that is read-only. */
const REFUSED: ReadonlySet<unknown> = new Set(['42501', '25006']);

/** The error as one line for the operator. Other errors are bugs and keep their stack. */
export function startFailure(error: unknown): string {
  if (error instanceof UnusableMetricsPort) return failureOf(error.cause, 'METRICS_PORT');
  return failureOf(error, 'PORT');
}

/** @param portVariable what sets the port that the error is about, if it is about one */
function failureOf(error: unknown, portVariable: string): string {
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE')
    return `port ${port} on ${address} is already in use: set ${portVariable} to another one`;
  if (code === 'EACCES' && port !== undefined)
    return `this user is not allowed to listen on port ${port}: set ${portVariable} to another one`;
  if (code === 'EADDRNOTAVAIL')
    return `this machine does not have the address ${address}: set HOST to another one`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `${error.message}: the host name is unknown`;
  if (EXPLAINED.some((kind) => error instanceof kind)) return oneLine(error.message);
  if (REFUSED.has(code)) return `Postgres refuses this: ${oneLine(error.message)}`;
  return error.stack ?? error.message;
}

function oneLine(message: string): string {
  return message.replaceAll(/\s*\n\s*/g, ' ');
}
