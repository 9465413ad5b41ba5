import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { KeySet } from '../../../src/auth/keys/key-set.js';
import { Config } from '../../../src/config/config.js';
import { requireUnexpired, type VerifiedClaims } from './claims.js';

export interface VerifiedToken extends VerifiedClaims {
  readonly token: string;
  readonly kid: string;
}

/**
 * Tokens whose signature has been checked, so that it is checked once. It is the whole token that is compared: any
 * other payload, header or signature is another token. It spares the signature only, never the session check.
 *
 * They are filed under the ends of their signatures: to hash all of a token costs more than all else that is done here.
 * Should two have the same end, the later one takes the other's place, which is then verified again.
 */
@Injectable()
export class VerifiedTokens {
  readonly #tokens: LRUCache<string, VerifiedToken>;
  #lastKid = '';

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
    const end = endOf(token);
    const known = this.#tokens.get(end);
    if (known?.token !== token) return undefined;
    // A key may be taken out of use early, because it leaked.
    if (!this.keys.publicKey(known.kid)) {
      this.#tokens.delete(end);
      return undefined;
    }
    requireUnexpired(known, now);
    return known;
  }

  remember(token: string, kid: string, { subject, expiresAt }: VerifiedClaims): void {
    // Field by field, as `holding` is.
    this.#tokens.set(endOf(token), { subject, expiresAt, token, kid: this.#sharedKid(kid) });
  }

  /** Most tokens are of one key: they share one copy of its name. */
  #sharedKid(kid: string): string {
    if (kid !== this.#lastKid) this.#lastKid = kid;
    return this.#lastKid;
  }
}

/** 132 bits of a signature, which nobody can choose. */
function endOf(token: string): string {
  return token.slice(-22);
}
