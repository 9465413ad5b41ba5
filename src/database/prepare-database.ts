import type { DatabaseEnvironment } from '../config/config.js';
import { errorMessage } from '../errors/error-message.js';
import type { ServingOwner } from './embedded/data-directory-owner.js';
import { startEmbeddedPostgres } from './embedded/embedded-postgres.js';
import { runMigrations, showMigrations } from './migrations.js';
import { DatabaseNotReady } from './start-errors.js';

export interface PreparedDatabase {
  readonly url: string;
  /** Where a service listens that uses the same embedded Postgres; `null` if none is known. */
  readonly serviceUrl: string | null;
  /** Records where this service listens, for a second start on the same embedded Postgres. */
  announceService(url: string): void;
  /** Stops the embedded Postgres, if there is one. */
  stop(): Promise<void>;
}

type Progress = (line: string) => void;
type Opened = PreparedDatabase & {
  /** For schema changes: of a role that may make them. */
  readonly migrationUrl: string;
  readonly kind: 'configured' | 'embedded';
  /** The other process that runs the embedded Postgres. */
  readonly owner: ServingOwner | null;
};

/** Opens the configured database or the embedded one, which a running service may share. Does not change its schema. */
async function openDatabase({ database, dataDir }: DatabaseEnvironment, progress: Progress): Promise<Opened> {
  if (database.url !== null) {
    return {
      url: database.url,
      migrationUrl: database.migrationUrl ?? database.url,
      kind: 'configured',
      owner: null,
      serviceUrl: null,
      announceService: () => {},
      stop: async () => {},
    };
  }
  const embedded = await startEmbeddedPostgres(dataDir, progress);
  const serviceUrl = embedded.owner?.serviceUrl ?? null;
  return { kind: 'embedded', migrationUrl: embedded.url, serviceUrl, ...embedded };
}

/** Opens the database for a command that changes the schema. */
export async function databaseForMigrations(
  environment: DatabaseEnvironment,
  progress: Progress,
): Promise<PreparedDatabase> {
  const opened = await openDatabase(environment, progress);
  return { ...opened, url: opened.migrationUrl };
}

/** Opens the database for the service, with the schema that this build needs. @throws {DatabaseNotReady} */
export async function prepareDatabase(
  environment: DatabaseEnvironment,
  progress: Progress,
): Promise<PreparedDatabase> {
  const opened = await openDatabase(environment, progress);
  if (opened.owner) throw new DatabaseNotReady(alreadyRunning(opened.owner, environment.dataDir));
  const mayMigrate = opened.kind === 'embedded' || environment.database.migrateOnStart;
  return withSchema(opened, mayMigrate, progress);
}

/** Opens the database for a command. A running service may be using it. @throws {DatabaseNotReady} */
export async function databaseForCommand(
  environment: DatabaseEnvironment,
  progress: Progress,
): Promise<PreparedDatabase> {
  const opened = await openDatabase(environment, progress);
  return withSchema(opened, opened.kind === 'embedded' && !opened.owner, progress);
}

function alreadyRunning({ pid, serviceUrl }: ServingOwner, dataDir: string): string {
  if (serviceUrl === undefined) return `process ${pid} already uses the embedded Postgres in ${dataDir}`;
  return `already running at ${serviceUrl} (process ${pid}); stop it first, or set PORT and LATCHKEY_DATA_DIR to run another one`;
}

async function withSchema(
  opened: Opened,
  mayMigrate: boolean,
  progress: Progress,
): Promise<PreparedDatabase> {
  try {
    if (mayMigrate) await migrate(opened.migrationUrl, progress);
    else await requireNewestSchema(opened.url);
    return opened;
  } catch (error) {
    await opened.stop();
    if (error instanceof DatabaseNotReady) throw error;
    throw new DatabaseNotReady(`Postgres cannot be used: ${errorMessage(error)}`, { cause: error });
  }
}

async function migrate(url: string, progress: Progress): Promise<void> {
  const applied = await runMigrations(url, progress);
  if (applied.length > 0) progress(`applied ${counted(applied.length)}`);
}

async function requireNewestSchema(url: string): Promise<void> {
  const pending = (await showMigrations(url)).filter(({ applied }) => !applied);
  if (pending.length > 0) {
    throw new DatabaseNotReady(
      `the database schema is behind by ${counted(pending.length)}: run "latchkey migrate run" (in a checkout: npm run migration:run), or set MIGRATE_ON_START=true`,
    );
  }
}

function counted(migrations: number): string {
  return migrations === 1 ? '1 migration' : `${migrations} migrations`;
}
