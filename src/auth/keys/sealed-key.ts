import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type PublicJwk, publicJwk } from './public-jwk.js';
import { type Seal, SealBroken } from './seal.js';
import type { SigningKey } from './signing-key.entity.js';

/** A stored key that cannot be used. Ends the start of the service, or a command, with a one-line message. */
export class UnusableSigningKey extends Error {
  override readonly name = 'UnusableSigningKey';
}

export interface KeyPair {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: PublicJwk;
}

/** Creates an ES256 key (RFC 7518 §3.4: P-256) in its stored form. */
export function createSealedKey(seal: Seal): Pick<SigningKey, 'kid' | 'publicJwk' | 'privateKeySealed'> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicJwk(publicKey);
  return {
    kid: jwk.kid,
    publicJwk: jwk,
    privateKeySealed: seal.seal(privateKey.export({ format: 'der', type: 'pkcs8' }), jwk.kid),
  };
}

/**
 * Opens a stored key. The public key is derived from the sealed private key and not read from `public_jwk`.
 * So an attacker who can write to the table but does not know the secret cannot add a key whose tokens would
 * be accepted.
 *
 * @throws {UnusableSigningKey} if the key was sealed under another secret, or does not match its `kid`
 */
export function openSealedKey(seal: Seal, { kid, privateKeySealed }: SigningKey): KeyPair {
  const privateKey = createPrivateKey({
    key: openOrExplain(seal, kid, privateKeySealed),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  const jwk = publicJwk(publicKey);
  if (jwk.kid !== kid) throw new UnusableSigningKey(`the signing key ${kid} does not match its kid`);
  return { kid, privateKey, publicKey, publicJwk: jwk };
}

function openOrExplain(seal: Seal, kid: string, sealed: Buffer): Buffer {
  try {
    return seal.open(sealed, kid);
  } catch (cause) {
    if (!(cause instanceof SealBroken)) throw cause;
    throw new UnusableSigningKey('signing keys were sealed under another LATCHKEY_SECRET', { cause });
  }
}
