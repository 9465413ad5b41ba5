import type { AccessTokenClaims } from '@latchkey/access-token/claims';

/** The claims of a token, unverified. */
export function decodeJwt(token: string): AccessTokenClaims {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as AccessTokenClaims;
}
