import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** NIST SP 800-38D §8.2.2: random nonces of 96 bits are good for 2^32 messages under one key. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** First byte of every sealed text, so that the form can change without guessing. */
const VERSION = 1;

/** A text that does not open: it was sealed under another secret, for something else, or it was altered. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/** Encrypts what is kept in the database, so that its backups and readers learn nothing. */
export class Seal {
  readonly #key: Buffer;

  /**
   * @param secret the server secret
   * @param purpose what is sealed; each purpose has a key of its own (RFC 5869 §3.2, `info`)
   */
  constructor(secret: Buffer, purpose: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', `latchkey seal: ${purpose}`, KEY_BYTES));
  }

  /** @param aad what the text belongs to; it opens only for the same, so a row cannot lend it to another */
  seal(plaintext: Buffer, aad: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(aad, 'utf8'));
    const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), nonce, body, cipher.getAuthTag()]);
  }

  /** @throws {SealBroken} */
  open(sealed: Buffer, aad: string): Buffer {
    if (sealed.length < 1 + NONCE_BYTES + TAG_BYTES || sealed[0] !== VERSION) {
      throw new SealBroken('the sealed text has an unknown form');
    }
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const body = sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES);
    const decipher = createDecipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(aad, 'utf8'));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(body), decipher.final()]);
    } catch (cause) {
      throw new SealBroken('the sealed text does not open under this secret', { cause });
    }
  }
}
