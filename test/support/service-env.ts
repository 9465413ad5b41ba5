import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The environment of one service: every instance that gets the same one belongs to it.
 *
 * @param env on top of what each needs; `REDIS_URL` for more than one instance
 */
export function serviceEnv(databaseUrl: string, env: Record<string, string> = {}): Record<string, string> {
  const id = randomUUID();
  return {
    DATABASE_URL: databaseUrl,
    LATCHKEY_SECRET: 'a secret of the tests, 32 bytes or more',
    LATCHKEY_ISSUER: 'https://latchkey.test',
    // For mails that are not sent: the secret is given, and so is the database.
    LATCHKEY_DATA_DIR: join(process.env.TEST_DATA_DIR ?? tmpdir(), id),
    REDIS_KEY_PREFIX: `test-${id}`,
    PASSWORD_HASH_MEMORY_KIB: '1024',
    // All these people come from one address.
    LOGIN_ATTEMPTS_PER_ADDRESS: '100000',
    LOG_LEVEL: 'warn',
    ...env,
  };
}
