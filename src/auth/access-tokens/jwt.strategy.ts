import { readClaims, requireUnexpired, type VerifiedClaims } from '@latchkey/access-token/claims';
import { InvalidToken } from '@latchkey/access-token/errors';
import { ALGORITHM } from '@latchkey/access-token/header';
import { VerifiedTokens } from '@latchkey/access-token/verified-tokens';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { type SecretOrKeyProvider, Strategy } from 'passport-jwt';
import { Config } from '../../config/config.js';
import { SessionClock } from '../../sessions/session-clock.js';
import { KeySet } from '../keys/key-set.js';

/** A request whose token `JwtAuthGuard` passes to this strategy. */
export interface RequestToVerify {
  readonly unverified: { readonly token: string; readonly kid: string };
}

/**
 * Verifies a token that this instance has not seen before, and remembers it. The guard checks its session.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  readonly #ttlSeconds: number;

  constructor(
    { accessToken }: Config,
    keys: KeySet,
    private readonly verified: VerifiedTokens,
    private readonly clock: SessionClock,
  ) {
    const { issuer, audiences, ttlSeconds } = accessToken;
    super({
      jwtFromRequest: ({ unverified }: RequestToVerify) => unverified.token,
      secretOrKeyProvider: publishedKeys(keys),
      algorithms: [ALGORITHM],
      issuer,
      // The guard decides which of them a route requires.
      audience: [...audiences],
      // `validate` checks the expiry by the clock that dated the token.
      ignoreExpiration: true,
      passReqToCallback: true,
    });
    this.#ttlSeconds = ttlSeconds;
  }

  /** Called after the signature, `nbf`, `iss` and `aud` have been verified. */
  validate({ unverified }: RequestToVerify, payload: unknown): VerifiedClaims {
    const claims = readClaims(payload, this.#ttlSeconds);
    requireUnexpired(claims, this.clock.now());
    this.verified.remember(unverified.token, unverified.kid, claims);
    return claims;
  }
}

function publishedKeys(keys: KeySet): SecretOrKeyProvider<RequestToVerify> {
  return ({ unverified }, _token, done) => {
    const key = keys.publicKey(unverified.kid);
    if (!key) throw new InvalidToken('unknown_key', 'no published key has the kid of the token');
    // The types of passport-jwt lag behind jsonwebtoken, which accepts a KeyObject. A PEM would be parsed
    // every time.
    done(null, key as unknown as Buffer);
  };
}
