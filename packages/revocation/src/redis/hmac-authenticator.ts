import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Authenticator } from './authenticator.js';

/** Changes with the format of what is sealed: a text of another format does not open. */
const VERSION = '1';
const KEY_BYTES = 32;
/** HMAC-SHA256 in base64url. */
const MAC_LENGTH = 43;
const TEXT_AT = VERSION.length + MAC_LENGTH + 2;

/** Seals with HMAC-SHA256, under keys that are derived for one purpose (RFC 5869). Sealed: `<version>.<mac>.<text>`. */
export class HmacAuthenticator implements Authenticator {
  readonly #keys: readonly KeyObject[];

  /**
   * @param secrets at least one, each of 32 bytes or more; the first one seals, and all of them open
   * @param purpose each purpose has its own key: a text for one is not genuine for another
   */
  constructor(secrets: readonly Buffer[], purpose: string) {
    if (secrets.length === 0) throw new TypeError('there is no secret to seal with');
    this.#keys = secrets.map((secret) =>
      createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', purpose, KEY_BYTES))),
    );
  }

  seal(place: string, text: string): string {
    return `${VERSION}.${mac(this.#keys[0] as KeyObject, place, text)}.${text}`;
  }

  open(place: string, sealed: string): string | null {
    if (!sealed.startsWith(`${VERSION}.`) || sealed[TEXT_AT - 1] !== '.') return null;
    const given = Buffer.from(sealed.slice(VERSION.length + 1, TEXT_AT - 1));
    if (given.length !== MAC_LENGTH) return null;
    const text = sealed.slice(TEXT_AT);
    const isGenuine = this.#keys.some((key) => timingSafeEqual(given, Buffer.from(mac(key, place, text))));
    return isGenuine ? text : null;
  }
}

function mac(key: KeyObject, place: string, text: string): string {
  // The length keeps a part of the text from being taken for a part of the place.
  return createHmac('sha256', key).update([place.length, place, text].join(':')).digest('base64url');
}
