import type { EnvironmentValues } from './environment-variables.js';

/** Not derived from PORT: development services on different ports accept the same tokens. */
const DEFAULT_ISSUER = 'http://localhost:3000';

/** `iss` of access tokens. */
export function issuer({ LATCHKEY_ISSUER }: Pick<EnvironmentValues, 'LATCHKEY_ISSUER'>): string {
  return LATCHKEY_ISSUER ?? DEFAULT_ISSUER;
}

/** The URL that browsers use for this service. Only its origin counts. */
export function publicUrl(values: EnvironmentValues): string {
  return values.LATCHKEY_ORIGIN ?? values.LATCHKEY_ISSUER ?? ownUrl(values);
}

/**
 * In development, the port that the service listens on, so that mailed links work with any `PORT`. With `PORT=0`, the
 * port is not known yet. In production, a proxy may be in front of the port.
 */
function ownUrl({ NODE_ENV: production, PORT: port }: EnvironmentValues): string {
  return production || port === 0 ? DEFAULT_ISSUER : `http://localhost:${port}`;
}
