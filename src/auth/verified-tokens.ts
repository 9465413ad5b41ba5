import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '../config/config.js';
import { KeySet } from '../keys/key-set.js';
import { requireUnexpired, type VerifiedClaims } from './access-token.claims.js';

export interface VerifiedToken extends VerifiedClaims {
  readonly kid: string;
}

/**
 * Tokens whose signature has been checked, so that it is checked once. The key is the whole token: any other
 * payload, header or signature is another token. It spares the signature only, never the session check.
 */
@Injectable()
export class VerifiedTokens {
  readonly #tokens: LRUCache<string, VerifiedToken>;

  constructor(
    @Inject(Config) config: Pick<Config, 'accessToken'>,
    @Inject(KeySet) private readonly keys: Pick<KeySet, 'publicKey'>,
  ) {
    this.#tokens = new LRUCache({ max: config.accessToken.cacheSize });
  }

  /**
   * @param now epoch milliseconds
   * @returns undefined for a token that has to be verified (again)
   * @throws {AppError} `invalid_token` when it has expired since
   */
  find(token: string, now: number): VerifiedToken | undefined {
    const known = this.#tokens.get(token);
    if (!known) return undefined;
    // A key may be taken out of use early, because it leaked.
    if (!this.keys.publicKey(known.kid)) {
      this.#tokens.delete(token);
      return undefined;
    }
    requireUnexpired(known, now);
    return known;
  }

  remember(token: string, verified: VerifiedToken): void {
    this.#tokens.set(token, verified);
  }
}
