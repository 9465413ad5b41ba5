import { randomUUID } from 'node:crypto';
import type { Contender, Route } from './contender.js';

const BEARER = { authorization: 'Bearer {}' };

export const ME: Route = { path: '/auth/me', headers: BEARER, expect: '@example.com' };
export const OPEN: Route = { ...ME, path: '/bench/open' };
export const STATELESS: Route = { ...ME, path: '/bench/stateless' };

/**
 * The service in production mode with its default settings, which include the request log.
 *
 * @param env in addition to the required variables
 */
export function latchkey({
  redis = true,
  env = {},
}: {
  redis?: boolean;
  env?: Record<string, string>;
} = {}): Contender {
  return {
    program: 'latchkey/server.mjs',
    database: 'service',
    redis,
    env: {
      LATCHKEY_SECRET: randomUUID() + randomUUID(),
      LATCHKEY_ISSUER: 'https://id.example.com',
      ...env,
    },
  };
}
