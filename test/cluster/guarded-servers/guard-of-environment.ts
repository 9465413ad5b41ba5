import { createGuard, type Guard } from '../../../packages/guard/src/create-guard.js';

/** The guard of a guarded server in the tests. `latchkey-edge` reads the same variables. */
export function guardOfEnvironment({ env } = process): Guard {
  return createGuard({
    issuer: env.LATCHKEY_ISSUER ?? '',
    service: (env.LATCHKEY_SERVICE ?? '').split(','),
    clientId: env.LATCHKEY_CLIENT_ID ?? '',
    clientSecret: env.LATCHKEY_CLIENT_SECRET ?? '',
    audience: env.LATCHKEY_AUDIENCE ?? '',
  });
}
