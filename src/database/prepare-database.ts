import type { Environment } from '../config/config.js';
import { reasonOf } from '../errors/reason-of.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { runMigrations, showMigrations } from './migrations.js';

/** Told to whoever starts the service, in one line. */
export class DatabaseNotReady extends Error {
  override readonly name = 'DatabaseNotReady';
}

export interface PreparedDatabase {
  readonly url: string;
  /** Stops the embedded Postgres, if there is one. */
  stop(): Promise<void>;
}

/** The database of a command: the configured one, or the embedded one, which may be shared with a running service. */
export async function openDatabase(
  { database, dataDir }: Environment,
  progress: (line: string) => void,
): Promise<PreparedDatabase & Pick<EmbeddedPostgres, 'isShared'>> {
  if (database.url !== null) return { url: database.url, isShared: false, stop: async () => {} };
  return startEmbeddedPostgres(dataDir, progress);
}

/** The database of a service, with the schema this build needs. @throws {DatabaseNotReady} */
export async function prepareDatabase(
  environment: Environment,
  progress: (line: string) => void,
): Promise<PreparedDatabase> {
  const opened = await openDatabase(environment, progress);
  if (opened.isShared) {
    throw new DatabaseNotReady(
      `another service already runs on the embedded Postgres in ${environment.dataDir}; set DATABASE_URL and REDIS_URL to run more than one`,
    );
  }
  const isEmbedded = environment.database.url === null;
  try {
    if (isEmbedded || environment.database.migrateOnStart) {
      const applied = await runMigrations(opened.url);
      if (applied.length > 0) progress(`applied ${counted(applied.length)}`);
    } else {
      await requireNewestSchema(opened.url);
    }
    return opened;
  } catch (error) {
    await opened.stop();
    if (error instanceof DatabaseNotReady) throw error;
    throw new DatabaseNotReady(`Postgres cannot be used: ${reasonOf(error)}`, { cause: error });
  }
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
