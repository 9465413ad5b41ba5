import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'lkd_';
const BYTES = 32;

/** Creates an opaque device token of 256 random bits. It is returned to the client and not stored. */
export function newDeviceToken(): string {
  return PREFIX + randomBytes(BYTES).toString('base64url');
}

/** The stored form of a device token. It needs no salt or work factor: 256 random bits cannot be guessed. */
export function deviceTokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
