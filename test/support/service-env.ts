import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Environment variables of one service. Instances that get the same variables belong together.
 *
 * @param env added to the defaults; set `REDIS_URL` for more than one instance
 */
export function serviceEnv(databaseUrl: string, env: Record<string, string> = {}): Record<string, string> {
  const id = randomUUID();
  return {
    DATABASE_URL: databaseUrl,
    LATCHKEY_SECRET: 'a secret of the tests, 32 bytes or more',
    LATCHKEY_ISSUER: 'https://latchkey.test',
    // Only for mails, when no mail server is configured: the secret and the database are given.
    LATCHKEY_DATA_DIR: join(process.env.TEST_DATA_DIR ?? tmpdir(), id),
    REDIS_KEY_PREFIX: `test-${id}`,
    PASSWORD_HASH_MEMORY_KIB: '1024',
    // All test users share one address.
    LOGIN_ATTEMPTS_PER_ADDRESS: '100000',
    LOG_LEVEL: 'warn',
    SHUTDOWN_DELAY: '0',
    ...env,
  };
}
