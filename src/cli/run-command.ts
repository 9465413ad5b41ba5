import type { Environment } from '../config/config.js';
import { developmentSecret } from '../config/development-secret.js';
import { readEnvironment } from '../config/environment.js';
import type { PreparedDatabase } from '../database/prepare-database.js';
import { startFailure } from '../start/start-failure.js';

type OpenDatabase = (environment: Environment, progress: (line: string) => void) => Promise<PreparedDatabase>;

/** Runs an operator's command on the service's database. An error is printed as one line, with exit code 1. */
export async function runCommand(
  openDatabase: OpenDatabase,
  command: (url: string, environment: Environment, serviceUrl: string | null) => Promise<void>,
): Promise<void> {
  try {
    const environment = readEnvironment(process.env, developmentSecret);
    // Not on standard output, which may be piped into another program.
    const database = await openDatabase(environment, (line) => process.stderr.write(`latchkey: ${line}\n`));
    try {
      await command(database.url, environment, database.serviceUrl);
    } finally {
      await database.stop();
    }
  } catch (error) {
    process.stderr.write(`latchkey: ${startFailure(error)}\n`);
    process.exitCode = 1;
  }
}
