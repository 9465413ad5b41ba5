import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** NIST SP 800-38D §8.3: with random nonces of 96 bits, one key may encrypt up to 2^32 messages. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The first byte of every sealed text, which allows for other formats later. */
const VERSION = 1;

/**
 * The sealed text cannot be opened: it was sealed under another secret, for another purpose or row, or was
 * altered.
 */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/** Encrypts secrets for storage in the database, so that backups and read access do not reveal them. */
export class Seal {
  readonly #key: Buffer;

  /**
   * @param secret the server secret
   * @param purpose what is sealed; each purpose has a separate key (RFC 5869 §3.2, `info`)
   */
  constructor(secret: Buffer, purpose: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', `latchkey seal: ${purpose}`, KEY_BYTES));
  }

  /** @param aad identifies the row that the text belongs to; a text copied to another row does not open */
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
      throw new SealBroken('the sealed text has an unknown format');
    }
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const body = sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES);
    const decipher = createDecipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(aad, 'utf8'));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(body), decipher.final()]);
    } catch (cause) {
      throw new SealBroken('the sealed text cannot be opened with this secret', { cause });
    }
  }
}
