import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { publicJwk } from './public-jwk.js';
import { type Seal, SealBroken } from './seal.js';
import type { SigningKey } from './signing-key.entity.js';
import { thumbprint } from './thumbprint.js';

/** A stored key that this instance must not use; told to whoever starts it, in one line. */
export class UnusableSigningKey extends Error {
  override readonly name = 'UnusableSigningKey';
}

export interface KeyPair {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Makes an ES256 key (RFC 7518 §3.4: P-256) in the form in which it is stored. */
export function makeSealedKey(seal: Seal): Pick<SigningKey, 'kid' | 'publicJwk' | 'privateKeySealed'> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = thumbprint(publicKey);
  return {
    kid,
    publicJwk: publicJwk(kid, publicKey),
    privateKeySealed: seal.seal(privateKey.export({ format: 'der', type: 'pkcs8' }), kid),
  };
}

/**
 * Opens a stored key. The public half comes out of the seal too, never from `public_jwk`: who can write to the
 * table but does not know the secret cannot plant a key whose tokens would be accepted.
 *
 * @throws {UnusableSigningKey} when the secret is not the one it was sealed under, or the key is not the one named
 */
export function openSealedKey(seal: Seal, { kid, privateKeySealed }: SigningKey): KeyPair {
  const privateKey = createPrivateKey({
    key: openOrExplain(seal, kid, privateKeySealed),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  if (thumbprint(publicKey) !== kid) {
    throw new UnusableSigningKey(`the signing key ${kid} is not the key it is named after`);
  }
  return { kid, privateKey, publicKey };
}

function openOrExplain(seal: Seal, kid: string, sealed: Buffer): Buffer {
  try {
    return seal.open(sealed, kid);
  } catch (cause) {
    if (!(cause instanceof SealBroken)) throw cause;
    throw new UnusableSigningKey('signing keys were sealed under another LATCHKEY_SECRET', { cause });
  }
}
