import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'uuid';
import type { LinkPurpose } from './account-link.entity.js';

const PREFIX = 'lkm_';
const ID_BYTES = 16;
const MAC_BYTES = 32;
const TOKEN_BYTES = ID_BYTES + MAC_BYTES;
const KEY_BYTES = 32;

/**
 * Tokens of links are not stored, like refresh tokens: the id of the link, and an HMAC-SHA256 under a key that each
 * purpose has of its own. Whoever reads the database can make none.
 */
export class LinkTokens {
  constructor(private readonly secret: Buffer) {}

  /** @returns `lkm_` and 64 base64url characters */
  issue(purpose: LinkPurpose, linkId: string): string {
    const id = Buffer.from(parse(linkId));
    return PREFIX + Buffer.concat([id, this.mac(purpose, id)]).toString('base64url');
  }

  /** @returns the id of the link, or `null` when the token is not one of ours for this purpose */
  verify(purpose: LinkPurpose, token: string): string | null {
    if (!token.startsWith(PREFIX)) return null;
    const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
    if (bytes.length !== TOKEN_BYTES) return null;
    const id = bytes.subarray(0, ID_BYTES);
    if (!timingSafeEqual(bytes.subarray(ID_BYTES), this.mac(purpose, id))) return null;
    // Base64 can be written in several ways: only the one that was issued is good.
    if (PREFIX + bytes.toString('base64url') !== token) return null;
    return stringify(id);
  }

  private mac(purpose: LinkPurpose, id: Buffer): Buffer {
    const key = hkdfSync('sha256', this.secret, '', `latchkey account link: ${purpose}`, KEY_BYTES);
    return createHmac('sha256', Buffer.from(key)).update(id).digest();
  }
}
