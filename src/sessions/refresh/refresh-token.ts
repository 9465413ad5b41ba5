import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'uuid';

const PREFIX = 'lkr_';
const ID_BYTES = 16;
const GENERATION_BYTES = 4;
const MAC_BYTES = 32;
const TOKEN_BYTES = ID_BYTES + GENERATION_BYTES + MAC_BYTES;
const TOKEN_LENGTH = PREFIX.length + Math.ceil((TOKEN_BYTES * 4) / 3);

/** What a genuine refresh token says. */
export interface RefreshTokenClaims {
  readonly sessionId: string;
  /** Counts the rotations of its session. */
  readonly generation: number;
}

/**
 * Refresh tokens are not stored: session id, generation and an HMAC-SHA256 under a key of the session's own,
 * derived from the server secret. The same claims always make the same token, so that a retry gets the same successor.
 */
export class RefreshTokens {
  constructor(private readonly secret: Buffer) {}

  /** @returns `lkr_` and 70 base64url characters */
  issue({ sessionId, generation }: RefreshTokenClaims): string {
    const body = Buffer.alloc(ID_BYTES + GENERATION_BYTES);
    body.set(parse(sessionId));
    body.writeUInt32BE(generation, ID_BYTES);
    return PREFIX + Buffer.concat([body, this.mac(body)]).toString('base64url');
  }

  /** @returns what the token says, or `null` when it is not one of ours */
  verify(token: string): RefreshTokenClaims | null {
    if (token.length !== TOKEN_LENGTH || !token.startsWith(PREFIX)) return null;
    const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
    if (bytes.length !== TOKEN_BYTES) return null;
    const body = bytes.subarray(0, ID_BYTES + GENERATION_BYTES);
    if (!timingSafeEqual(bytes.subarray(body.length), this.mac(body))) return null;
    // The last base64 character has spare bits: only the one spelling that was issued is good.
    if (PREFIX + bytes.toString('base64url') !== token) return null;
    return {
      sessionId: stringify(body.subarray(0, ID_BYTES)),
      generation: body.readUInt32BE(ID_BYTES),
    };
  }

  private mac(body: Buffer): Buffer {
    const sessionId = body.subarray(0, ID_BYTES);
    const key = hkdfSync('sha256', this.secret, sessionId, 'latchkey refresh token', MAC_BYTES);
    return createHmac('sha256', Buffer.from(key)).update(body).digest();
  }
}
