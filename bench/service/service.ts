import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Bench } from '../bench-context.js';
import { ServerProcess } from '../servers/server-process.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
/** At least 32 bytes. Sections also use it to create tokens themselves. */
export const SECRET = 'a secret of the benchmarks, which are public';

export const ISSUER = 'https://latchkey.example';

/** Starts the production build. @throws if the service has not been built */
export function startService(
  bench: Pick<Bench, 'cores'>,
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<ServerProcess> {
  if (!existsSync(MAIN)) throw new Error('run npm run build first');
  return ServerProcess.start(bench, [process.execPath, MAIN], serviceEnv(databaseUrl, env));
}

export function serviceEnv(databaseUrl: string, env: Record<string, string> = {}): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    LATCHKEY_SECRET: SECRET,
    LATCHKEY_ISSUER: ISSUER,
    // All simulated users share one address.
    LOGIN_ATTEMPTS_PER_ADDRESS: '1000000',
    LOGIN_ATTEMPTS_PER_ACCOUNT: '1000000',
    LOG_LEVEL: 'warn',
    ...env,
  };
}
