import { ALGORITHM } from '@latchkey/access-token/header';
import { type CryptoKey, importJWK, type JWK } from 'jose';

/**
 * Imports the keys of a key set that can verify access tokens, by their ids. Ignores others: a service may publish keys
 * of kinds that this release does not know.
 *
 * @throws {Error} if there is none, which is what a wrong URL looks like
 */
export async function importKeySet(keySet: unknown): Promise<ReadonlyMap<string, CryptoKey>> {
  const keys = new Map<string, CryptoKey>();
  for (const jwk of keysIn(keySet)) {
    if (!isUsable(jwk)) continue;
    // Lists the members, so that a private key is not imported as one.
    const { kty, crv, x, y } = jwk;
    const key = await importJWK({ kty, crv, x, y } as JWK, ALGORITHM);
    if (!(key instanceof Uint8Array)) keys.set(jwk.kid, key);
  }
  if (keys.size === 0) throw new Error('the key set has no key for access tokens');
  return keys;
}

function keysIn(keySet: unknown): readonly unknown[] {
  const { keys } = (keySet ?? {}) as { keys?: unknown };
  return Array.isArray(keys) ? keys : [];
}

function isUsable(jwk: unknown): jwk is JWK & { readonly kid: string } {
  if (typeof jwk !== 'object' || jwk === null) return false;
  const { kid, kty, crv, alg = ALGORITHM, use = 'sig' }: JWK = jwk;
  return typeof kid === 'string' && kty === 'EC' && crv === 'P-256' && alg === ALGORITHM && use === 'sig';
}
