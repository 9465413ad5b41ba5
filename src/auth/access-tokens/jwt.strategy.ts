import { readClaims, requireUnexpired } from '@latchkey/access-token/claims';
import { ALGORITHM, readTokenKid } from '@latchkey/access-token/header';
import { VerifiedTokens } from '@latchkey/access-token/verified-tokens';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { type SecretOrKeyProvider, Strategy } from 'passport-jwt';
import { Config } from '../../config/config.js';
import { cookieNames } from '../../http/cookies/cookie-names.js';
import type { Principal } from '../../http/routes/principal.js';
import { requestClient } from '../../http/routes/request-client.js';
import { SessionCheck } from '../../sessions/check/session-check.js';
import { SessionClock } from '../../sessions/session-clock.js';
import { KeySet } from '../keys/key-set.js';
import { requireAccessToken } from './bearer-token.js';
import { invalidToken } from './invalid-token.js';

/** Verifies a token that this instance sees for the first time. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  readonly #ttlSeconds: number;
  readonly #cookieName: string;

  constructor(
    config: Config,
    keys: KeySet,
    private readonly verified: VerifiedTokens,
    private readonly sessions: SessionCheck,
    private readonly clock: SessionClock,
  ) {
    const { issuer, audience, ttlSeconds } = config.accessToken;
    const { access: cookieName } = cookieNames(config.web.secureCookies);
    super({
      jwtFromRequest: (request: FastifyRequest) => requireAccessToken(request, cookieName),
      secretOrKeyProvider: ownKeys(keys),
      algorithms: [ALGORITHM],
      issuer,
      audience,
      // Judged below, by the clock that dated the token.
      ignoreExpiration: true,
      passReqToCallback: true,
    });
    this.#ttlSeconds = ttlSeconds;
    this.#cookieName = cookieName;
  }

  /** Called once signature, `nbf`, `iss` and `aud` are good. */
  validate(request: FastifyRequest, payload: unknown): Principal | Promise<Principal> {
    const token = requireAccessToken(request, this.#cookieName);
    const claims = readClaims(payload, this.#ttlSeconds);
    requireUnexpired(claims, this.clock.now());
    this.verified.remember(token, readTokenKid(token), claims);
    return this.sessions.check(claims.subject, requestClient(request));
  }
}

function ownKeys(keys: KeySet): SecretOrKeyProvider<FastifyRequest> {
  return (_request, token: string, done) => {
    const key = keys.publicKey(readTokenKid(token));
    if (!key) throw invalidToken('its kid is none of ours');
    // The types of passport-jwt lag behind jsonwebtoken, which takes a KeyObject; a PEM would be parsed every time.
    done(null, key as unknown as Buffer);
  };
}
