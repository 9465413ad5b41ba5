import { LRUCache } from 'lru-cache';
import { requireUnexpired, type VerifiedClaims } from './claims.js';

/** The keys that tokens may be signed with. */
export interface PublicKeys<Key = unknown> {
  /** Must answer from memory. @returns undefined if the key is unknown or no longer trusted */
  publicKey(kid: string): Key | undefined;
}

export interface VerifiedToken<Memo = undefined> extends VerifiedClaims {
  readonly token: string;
  readonly kid: string;
  /** What the caller keeps with the token, to find it without another lookup. */
  memo: Memo | undefined;
}

/**
 * Remembers tokens whose signature has been verified, so that each signature is verified once. A token
 * matches only if all of it is equal, header and payload included. This replaces the signature check only,
 * never the session check.
 *
 * The cache is keyed by the last characters of the signature, because hashing a whole token costs more than
 * the rest of the lookup. If two tokens have the same key, the later one replaces the earlier one, which is
 * then verified again.
 */
export class VerifiedTokens<Memo = undefined> {
  readonly #tokens: LRUCache<string, VerifiedToken<Memo>>;
  readonly #keys: PublicKeys;
  #lastKid = '';

  /** @param maxTokens the least recently used tokens beyond this number are forgotten */
  constructor(keys: PublicKeys, maxTokens: number) {
    this.#keys = keys;
    this.#tokens = new LRUCache({ max: maxTokens });
  }

  /**
   * @param now epoch milliseconds
   * @returns undefined if the token must be verified (again)
   * @throws {InvalidToken} `expired`
   */
  find(token: string, now: number): VerifiedToken<Memo> | undefined {
    const key = cacheKey(token);
    const known = this.#tokens.get(key);
    if (known?.token !== token) return undefined;
    // A key that leaked is removed before the tokens it signed expire.
    if (!this.#keys.publicKey(known.kid)) {
      this.#tokens.delete(key);
      return undefined;
    }
    requireUnexpired(known, now);
    return known;
  }

  /** Call only after the signature, the issuer and the audience of the token have been verified. */
  remember(token: string, kid: string, { subject, audience, expiresAt }: VerifiedClaims): void {
    // Without a spread, so that all entries have the same hidden class: less memory, faster reads.
    const entry = { subject, audience, expiresAt, token, kid: this.#sharedKid(kid), memo: undefined };
    this.#tokens.set(cacheKey(token), entry);
  }

  /** Most tokens are signed with one key: their entries share one copy of its id. */
  #sharedKid(kid: string): string {
    if (kid !== this.#lastKid) this.#lastKid = kid;
    return this.#lastKid;
  }
}

/** 132 bits of the signature, which an attacker cannot choose. */
function cacheKey(token: string): string {
  return token.slice(-22);
}
