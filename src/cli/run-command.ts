import type { Environment } from '../config/config.js';
import { developmentSecret } from '../config/development-secret.js';
import { readDatabaseEnvironment, readEnvironment } from '../config/environment.js';
import {
  databaseForCommand,
  databaseForMigrations,
  type PreparedDatabase,
} from '../database/prepare-database.js';
import { startFailure } from '../start/start-failure.js';
import { note } from './print.js';

/** Runs an operator's command on the service's database. An error is printed as one line, with exit code 1. */
export function runCommand(
  command: (url: string, environment: Environment, serviceUrl: string | null) => Promise<void>,
): Promise<void> {
  return reportError(async () => {
    const environment = readEnvironment(process.env, developmentSecret);
    const database = await databaseForCommand(environment, note);
    await withDatabase(database, () => command(database.url, environment, database.serviceUrl));
  });
}

/** Like `runCommand`, for a command on the schema, which needs no other variables than those of the database. */
export function runSchemaCommand(command: (url: string) => Promise<void>): Promise<void> {
  return reportError(async () => {
    const database = await databaseForMigrations(readDatabaseEnvironment(process.env), note);
    await withDatabase(database, () => command(database.url));
  });
}

async function withDatabase(database: PreparedDatabase, command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } finally {
    await database.stop();
  }
}

async function reportError(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    note(startFailure(error));
    process.exitCode = 1;
  }
}
