import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Makes a token's third part from the first two. */
export type Signer = (signingInput: string) => Buffer;

export const es256 =
  (privateKey: KeyObject, digest = 'sha256'): Signer =>
  (input) =>
    sign(digest, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });

/** As X.509 writes a signature, not as RFC 7518 §3.4 does. */
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

export const unrelatedKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

export const base64url = (text: string | Buffer) => Buffer.from(text).toString('base64url');

/** @param header and payload: as they are when they are text, else as JSON */
export function forgeToken(header: unknown, payload: unknown, signer: Signer): string {
  const input = [header, payload].map((part) =>
    base64url(typeof part === 'string' ? part : JSON.stringify(part)),
  );
  return [...input, base64url(signer(input.join('.')))].join('.');
}
