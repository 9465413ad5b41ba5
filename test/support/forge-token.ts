import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Computes the signature of a token from its first two parts. */
export type Signer = (signingInput: string) => Buffer;

export const es256 =
  (privateKey: KeyObject, digest = 'sha256'): Signer =>
  (input) =>
    sign(digest, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });

/** Signs with the DER encoding of X.509 instead of the one RFC 7518 §3.4 requires. */
export const es256Der =
  (privateKey: KeyObject): Signer =>
  (input) =>
    sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'der' });

export const hs256 =
  (secret: string | Buffer): Signer =>
  (input) =>
    createHmac('sha256', secret).update(input).digest();

export const constant =
  (bytes: Buffer): Signer =>
  () =>
    bytes;

/** A private key that the service does not know. */
export const unrelatedKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

export const base64url = (text: string | Buffer) => Buffer.from(text).toString('base64url');

/** Builds a token. Header and payload are used verbatim if they are strings, and encoded as JSON otherwise. */
export function forgeToken(header: unknown, payload: unknown, signer: Signer): string {
  const input = [header, payload].map((part) =>
    base64url(typeof part === 'string' ? part : JSON.stringify(part)),
  );
  return [...input, base64url(signer(input.join('.')))].join('.');
}
