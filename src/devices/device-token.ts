import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'lkd_';
const BYTES = 32;

/** A fresh opaque device token of 256 random bits. It is returned to the client and kept nowhere else. */
export function newDeviceToken(): string {
  return PREFIX + randomBytes(BYTES).toString('base64url');
}

/** What the server keeps of it. No salt or work factor: 256 random bits cannot be guessed. */
export function deviceTokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
