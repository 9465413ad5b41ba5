import type { Environment } from '../config/config.js';
import { developmentSecret } from '../config/development-secret.js';
import { readEnvironment } from '../config/environment.js';
import { openDatabase } from '../database/prepare-database.js';

export interface CommandContext {
  readonly environment: Environment;
  /** The database of the service: the configured one, or the embedded one, running or not. */
  readonly url: string;
  readonly print: (line: string) => void;
}

/** Runs one command of an operator; what goes wrong is one line, and exit code 1. */
export async function runCommand(command: (context: CommandContext) => Promise<void>): Promise<void> {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  try {
    const environment = readEnvironment(process.env, developmentSecret);
    const database = await openDatabase(environment, print);
    try {
      await command({ environment, url: database.url, print });
    } finally {
      await database.stop();
    }
  } catch (error) {
    process.stderr.write(
      `latchkey: ${error instanceof Error ? error.message || error.name : String(error)}\n`,
    );
    process.exitCode = 1;
  }
}
