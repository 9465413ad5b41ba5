import { generateKeyPairSync } from 'node:crypto';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

export const PUBLIC_KEY = publicKey;
/** The usual form in configurations: text that the verifier parses on every call. */
export const PUBLIC_PEM = publicKey.export({ type: 'spki', format: 'pem' }).toString();
export const PRIVATE_KEY = privateKey;
