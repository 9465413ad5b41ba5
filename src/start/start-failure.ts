import { UnusableSigningKey } from '../auth/keys/sealed-key.js';
import { InvalidEnvironment } from '../config/environment.js';
import { DatabaseNotReady } from '../database/database-not-ready.js';
import { EmbeddedPostgresFailed } from '../database/embedded/embedded-postgres-failed.js';
import { SecondInstance } from '../database/single-instance.js';
import { AppError } from '../errors/app-error.js';
import { UnusableGeoIpDatabase } from '../geoip/geoip-database.js';
import { RedisNotReady } from '../redis/redis-connection.js';

/** What they can put right. */
const EXPLAINED = [
  AppError,
  DatabaseNotReady,
  EmbeddedPostgresFailed,
  InvalidEnvironment,
  RedisNotReady,
  SecondInstance,
  UnusableGeoIpDatabase,
  UnusableSigningKey,
];

/** One line for whoever starts the service or runs a command; the stack is of use only where the fault is ours. */
export function startFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE') return `port ${port} on ${address} is taken: set PORT to another one`;
  if (code === 'EACCES' && port !== undefined) return `port ${port} may not be used by this user: set PORT`;
  if (code === 'EADDRNOTAVAIL') return `this machine has no address ${address}: set HOST`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `${error.message}: no such name is known`;
  if (EXPLAINED.some((kind) => error instanceof kind)) return error.message.replaceAll(/\s*\n\s*/g, ' ');
  return error.stack ?? error.message;
}
