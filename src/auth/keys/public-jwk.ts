import { createHash, type KeyObject } from 'node:crypto';

/** A P-256 public key in the format of RFC 7517 §4 and RFC 7518 §6.2.1. */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/** Lists its members explicitly, so that private members can never be included. */
export function publicJwk(publicKey: KeyObject): PublicJwk {
  // The export of an EC key has both (RFC 7518 §6.2.1); the type covers all kinds of keys.
  const { x, y } = publicKey.export({ format: 'jwk' }) as Pick<PublicJwk, 'x' | 'y'>;
  return { kty: 'EC', crv: 'P-256', x, y, kid: thumbprint(x, y), alg: 'ES256', use: 'sig' };
}

/**
 * The key id of a P-256 public key, derived from the key (RFC 7638 §3.2: the required members, in this order,
 * without white space).
 *
 * @returns 43 characters of base64url
 */
function thumbprint(x: string, y: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }))
    .digest('base64url');
}
