import type { TokenSubject, VerifiedClaims } from '@latchkey/access-token/claims';
import {
  ASSERTION_LIFETIME_SECONDS,
  ASSERTION_TYPE,
  assertionClaims,
} from '@latchkey/access-token/forward-auth/assertion';
import { ALGORITHM } from '@latchkey/access-token/header';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Config } from '../../config/config.js';
import { SessionClock } from '../../sessions/session-clock.js';
import { KeySet } from '../keys/key-set.js';

/** An assertion is used again for this long, and so has at least the rest of its lifetime left. */
const REUSED_FOR_MS = (ASSERTION_LIFETIME_SECONDS / 2) * 1000;
/** A token is rarely checked for more resource servers than this within that time. */
const MAX_AUDIENCES = 4;

interface Signed {
  readonly assertion: string;
  readonly kid: string;
  readonly reusedUntil: number;
}

/**
 * Signs the assertions for servers behind a gateway. A signature costs more than the rest of a check, so it is kept as
 * long as the token is in the cache of verified tokens.
 */
@Injectable()
export class AssertionSigner {
  readonly #kept = new WeakMap<TokenSubject, Map<string, Signed>>();
  readonly #issuer: string;

  constructor(
    private readonly jwt: JwtService,
    private readonly keys: KeySet,
    private readonly clock: SessionClock,
    { accessToken }: Config,
  ) {
    this.#issuer = accessToken.issuer;
  }

  /** Answers in the same tick if it has signed one recently. */
  sign(claims: VerifiedClaims, audience: string): string | Promise<string> {
    const known = this.#kept.get(claims.subject)?.get(audience);
    const isFresh = known && this.clock.now() < known.reusedUntil;
    // A key that leaked is replaced before its assertions expire.
    return isFresh && known.kid === this.keys.current().kid
      ? known.assertion
      : this.signNew(claims, audience);
  }

  private async signNew({ subject, expiresAt }: VerifiedClaims, audience: string): Promise<string> {
    const { kid, privateKey } = this.keys.current();
    const now = this.clock.now();
    const claims = assertionClaims({ issuer: this.#issuer, audience, subject, expiresAt, now });
    const assertion = await this.jwt.signAsync(claims, {
      algorithm: ALGORITHM,
      header: { alg: ALGORITHM, typ: ASSERTION_TYPE, kid },
      privateKey,
    });
    this.keep(subject, audience, { assertion, kid, reusedUntil: now + REUSED_FOR_MS });
    return assertion;
  }

  private keep(subject: TokenSubject, audience: string, signed: Signed): void {
    const kept = this.#kept.get(subject) ?? new Map<string, Signed>();
    if (kept.size >= MAX_AUDIENCES) kept.clear();
    this.#kept.set(subject, kept.set(audience, signed));
  }
}
