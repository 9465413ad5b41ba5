import { createHash, type KeyObject } from 'node:crypto';

/**
 * Names a P-256 public key after itself (RFC 7638 §3.2: the required members, in this order, no spaces).
 *
 * @returns 43 characters of base64url
 */
export function thumbprint(publicKey: KeyObject): string {
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}
