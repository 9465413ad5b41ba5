import type { Environment } from '../config/config.js';
import { errorMessage } from '../errors/error-message.js';
import { startEmbeddedPostgres } from './embedded/embedded-postgres.js';
import { runMigrations, showMigrations } from './migrations.js';
import { DatabaseNotReady } from './start-errors.js';

export interface PreparedDatabase {
  readonly url: string;
  /** Stops the embedded Postgres, if there is one. */
  stop(): Promise<void>;
}

type Progress = (line: string) => void;
type Opened = PreparedDatabase & { readonly kind: 'configured' | 'embedded' | 'shared with a service' };

/** Opens the configured database or the embedded one, which a running service may share. Does not change its schema. */
export async function openDatabase({ database, dataDir }: Environment, progress: Progress): Promise<Opened> {
  if (database.url !== null) return { url: database.url, kind: 'configured', stop: async () => {} };
  const { url, isShared, stop } = await startEmbeddedPostgres(dataDir, progress);
  return { url, kind: isShared ? 'shared with a service' : 'embedded', stop };
}

/** Opens the database for the service, with the schema that this build needs. @throws {DatabaseNotReady} */
export async function prepareDatabase(
  environment: Environment,
  progress: Progress,
): Promise<PreparedDatabase> {
  const opened = await openDatabase(environment, progress);
  if (opened.kind === 'shared with a service') {
    throw new DatabaseNotReady(
      `another service already uses the embedded Postgres in ${environment.dataDir}; set DATABASE_URL and REDIS_URL to run more than one`,
    );
  }
  const mayMigrate = opened.kind === 'embedded' || environment.database.migrateOnStart;
  return withSchema(opened, mayMigrate, progress);
}

/** Opens the database for a command. A running service may be using it. @throws {DatabaseNotReady} */
export async function databaseForCommand(
  environment: Environment,
  progress: Progress,
): Promise<PreparedDatabase> {
  const opened = await openDatabase(environment, progress);
  return withSchema(opened, opened.kind === 'embedded', progress);
}

async function withSchema(
  opened: PreparedDatabase,
  mayMigrate: boolean,
  progress: Progress,
): Promise<PreparedDatabase> {
  try {
    if (mayMigrate) await migrate(opened.url, progress);
    else await requireNewestSchema(opened.url);
    return opened;
  } catch (error) {
    await opened.stop();
    if (error instanceof DatabaseNotReady) throw error;
    throw new DatabaseNotReady(`Postgres cannot be used: ${errorMessage(error)}`, { cause: error });
  }
}

async function migrate(url: string, progress: Progress): Promise<void> {
  const applied = await runMigrations(url);
  if (applied.length > 0) progress(`applied ${counted(applied.length)}`);
}

async function requireNewestSchema(url: string): Promise<void> {
  const pending = (await showMigrations(url)).filter(({ applied }) => !applied);
  if (pending.length > 0) {
    throw new DatabaseNotReady(
      `the database schema is behind by ${counted(pending.length)}: run "npm run migration:run", or set MIGRATE_ON_START=true`,
    );
  }
}

function counted(migrations: number): string {
  return migrations === 1 ? '1 migration' : `${migrations} migrations`;
}
