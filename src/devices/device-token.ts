import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'lkd_';
const BYTES = 32;
const TOKEN = /^lkd_[\w-]{43}$/;

const SEPARATOR = '.';
/** People who share a browser. A login with one more is a login on a new device for the one who came least recently. */
const MAX_TOKENS = 8;

/** Creates an opaque device token of 256 random bits. It is returned to the client and not stored. */
export function newDeviceToken(): string {
  return PREFIX + randomBytes(BYTES).toString('base64url');
}

/** The stored form of a device token. It needs no salt or work factor: 256 random bits cannot be guessed. */
export function deviceTokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Reads the value of a device cookie: one token for each person who logs in with the browser. */
export function splitDeviceTokens(value: string): string[] {
  return value.split(SEPARATOR, MAX_TOKENS).filter((token) => TOKEN.test(token));
}

/**
 * The value of a device cookie, with the token of the latest login first. The others are kept, because they belong to
 * other people, or to another service on the same host.
 */
export function joinDeviceTokens(latest: string, others: readonly string[]): string {
  return [latest, ...others.filter((token) => token !== latest)].slice(0, MAX_TOKENS).join(SEPARATOR);
}
