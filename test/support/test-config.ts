import type { Config } from '../../src/config/config.js';
import { readEnvironment } from '../../src/config/environment.js';

/** Passwords of tests need no protection, and their time is better spent. */
export const CHEAP_HASHES = { PASSWORD_HASH_MEMORY_KIB: '64', PASSWORD_HASH_PASSES: '1' };

/** The configuration of a service under test: what these variables say, and nothing from this process's own. */
export function testConfig(databaseUrl: string, env: Record<string, string | undefined> = {}): Config {
  const secret = Buffer.from('a secret of the tests, 32 bytes or more');
  const read = readEnvironment(env, () => secret);
  return { ...read, database: { ...read.database, url: databaseUrl } };
}
