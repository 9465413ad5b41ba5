import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'uuid';

const PREFIX = 'lkr_';
const ID_BYTES = 16;
const GENERATION_BYTES = 4;
const MAC_BYTES = 32;
const TOKEN_BYTES = ID_BYTES + GENERATION_BYTES + MAC_BYTES;
const TOKEN_LENGTH = PREFIX.length + Math.ceil((TOKEN_BYTES * 4) / 3);

/** The contents of a genuine refresh token. */
export interface RefreshTokenClaims {
  readonly sessionId: string;
  /** Counts the rotations of its session. */
  readonly generation: number;
}

/**
 * Refresh tokens are not stored: session id, generation and an HMAC-SHA256 with a per-session key
 * derived from the server secret. The same claims always produce the same token, so a retry gets the same successor.
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

  /** @returns the claims, or `null` if the token was not issued by this service */
  verify(token: string): RefreshTokenClaims | null {
    if (token.length !== TOKEN_LENGTH || !token.startsWith(PREFIX)) return null;
    const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
    if (bytes.length !== TOKEN_BYTES) return null;
    const body = bytes.subarray(0, ID_BYTES + GENERATION_BYTES);
    if (!timingSafeEqual(bytes.subarray(body.length), this.mac(body))) return null;
    // The last base64 character has spare bits. Only the spelling that was issued is accepted.
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
