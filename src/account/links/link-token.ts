import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'uuid';
import type { LinkPurpose } from './account-link.entity.js';

const PREFIX = 'lkm_';
const ID_BYTES = 16;
const MAC_BYTES = 32;
const TOKEN_BYTES = ID_BYTES + MAC_BYTES;
const ENCODED_LENGTH = (TOKEN_BYTES * 4) / 3;
const KEY_BYTES = 32;
/** Mail programs take `-` or `_` at the end of a link for punctuation after it, and leave it out. */
const END = 'x';

/**
 * A token is the id of its link and an HMAC-SHA256 of the id, under a key that is derived for each purpose. Like
 * refresh tokens it is not stored, so read access to the database is not enough to create one.
 */
export class LinkTokens {
  constructor(private readonly secret: Buffer) {}

  /** @returns `lkm_`, 64 base64url characters and `x` */
  issue(purpose: LinkPurpose, linkId: string): string {
    const id = Buffer.from(parse(linkId));
    return PREFIX + Buffer.concat([id, this.mac(purpose, id)]).toString('base64url') + END;
  }

  /** @returns the id of the link, or `null` if the token was not issued here for this purpose */
  verify(purpose: LinkPurpose, token: string): string | null {
    if (!token.startsWith(PREFIX)) return null;
    // Mails of earlier versions have links without the last character.
    const encoded = token.slice(PREFIX.length, PREFIX.length + ENCODED_LENGTH);
    if (![encoded, encoded + END].includes(token.slice(PREFIX.length))) return null;
    const bytes = Buffer.from(encoded, 'base64url');
    if (bytes.length !== TOKEN_BYTES) return null;
    const id = bytes.subarray(0, ID_BYTES);
    if (!timingSafeEqual(bytes.subarray(ID_BYTES), this.mac(purpose, id))) return null;
    // The same bytes have several base64 spellings: only the issued one is accepted.
    if (bytes.toString('base64url') !== encoded) return null;
    return stringify(id);
  }

  private mac(purpose: LinkPurpose, id: Buffer): Buffer {
    const key = hkdfSync('sha256', this.secret, '', `latchkey account link: ${purpose}`, KEY_BYTES);
    return createHmac('sha256', Buffer.from(key)).update(id).digest();
  }
}
