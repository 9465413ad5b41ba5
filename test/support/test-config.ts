import type { Config } from '../../src/config/config.js';
import { readEnvironment } from '../../src/config/environment.js';

/** Fast settings for password hashes: test passwords need no protection. */
export const CHEAP_HASHES = { PASSWORD_HASH_MEMORY_KIB: '64', PASSWORD_HASH_PASSES: '1' };

/** Builds the configuration of a service from these variables only, ignoring the environment of this process. */
export function testConfig(databaseUrl: string, env: Record<string, string | undefined> = {}): Config {
  const secret = Buffer.from('a secret of the tests, 32 bytes or more');
  const read = readEnvironment(env, () => secret);
  return { ...read, database: { ...read.database, url: databaseUrl } };
}
