import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';

/** A key that signs assertions. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly alg: 'ES256' | 'EdDSA';
  /** The SHA-256 thumbprint (RFC 7638), so that edges with the same key use the same id. */
  readonly kid: string;
  /** As published in the key set. */
  readonly jwk: JWK;
}

/** A key for the lifetime of the process. Other edges have other keys. */
export function generateSigningKey(): Promise<SigningKey> {
  return signingKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

/**
 * @param pem a private key: EC on P-256, or Ed25519
 * @throws {TypeError} for anything else
 */
export async function readSigningKey(pem: string): Promise<SigningKey> {
  return signingKey(privateKeyIn(pem));
}

function privateKeyIn(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new TypeError('not a private key in PEM format', { cause: error });
  }
}

async function signingKey(privateKey: KeyObject): Promise<SigningKey> {
  const alg = algorithmOf(privateKey);
  const jwk = await exportJWK(createPublicKey(privateKey));
  const kid = await calculateJwkThumbprint(jwk);
  return { privateKey, alg, kid, jwk: { ...jwk, kid, alg, use: 'sig' } };
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): SigningKey['alg'] {
  if (asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  throw new TypeError('the key must be an EC key on the curve P-256, or an Ed25519 key');
}
