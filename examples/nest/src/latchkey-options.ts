import type { LatchkeyModuleOptions } from '@latchkey/guard/nest';

/** Both services use one client here. In production, register one for each. */
export function latchkeyOptions(): LatchkeyModuleOptions {
  const { LATCHKEY_ISSUER: issuer = 'http://localhost:3000' } = process.env;
  return {
    issuer,
    clientId: process.env.LATCHKEY_CLIENT_ID ?? 'orders',
    clientSecret: process.env.LATCHKEY_CLIENT_SECRET ?? '',
    audience: process.env.LATCHKEY_AUDIENCE ?? issuer,
  };
}
