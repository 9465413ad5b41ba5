import { InvalidToken } from './errors.js';

/** The claims of an access token (RFC 9068 §2.2). Times are whole seconds since the epoch. */
export interface AccessTokenClaims {
  readonly iss: string;
  readonly aud: string | readonly string[];
  /** The user. */
  readonly sub: string;
  /** The session (OpenID Connect Front-Channel Logout §3). */
  readonly sid: string;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  readonly auth_time: number;
  readonly amr: readonly string[];
  readonly roles: readonly string[];
  /** Private claim: how many times the user's roles had changed when the token was issued. */
  readonly roles_version: number;
  /** Private claim: how many times the refresh token had been rotated when the token was issued. Older releases omit it. */
  readonly generation?: number;
}

/**
 * What a verified access token says about its session. The session check decides whether the session is still
 * active.
 */
export interface TokenSubject {
  readonly userId: string;
  readonly sessionId: string;
  readonly roles: readonly string[];
  /**
   * How many times the user's roles had changed when the token was issued. The token is stale if they changed
   * since.
   */
  readonly rolesVersion: number;
  /** Epoch milliseconds. */
  readonly authenticatedAt: number;
  /** How many times the refresh token had been rotated when the token was issued; 0 if the token does not say. */
  readonly generation: number;
}

/** The part of the claims that is needed after verification. */
export interface VerifiedClaims {
  readonly subject: TokenSubject;
  /** Epoch milliseconds; the token is invalid from this instant on. */
  readonly expiresAt: number;
}

const NO_ROLES: readonly string[] = Object.freeze([]);

/** The last second that a `Date` can represent (ECMA-262 §21.4.1.1). */
const MAX_SECONDS = 8_640_000_000_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const isText = (value: unknown) => typeof value === 'string' && value.length > 0;
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const isUuid = (value: unknown) => typeof value === 'string' && UUID.test(value);
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const isSeconds = (value: unknown) => isCount(value) && Number(value) <= MAX_SECONDS;

const CHECKS: { readonly [claim in keyof AccessTokenClaims]-?: (value: unknown) => boolean } = {
  iss: isText,
  aud: (value) => isText(value) || isTexts(value),
  sub: isUuid,
  sid: isUuid,
  jti: isText,
  iat: isSeconds,
  exp: isSeconds,
  auth_time: isSeconds,
  amr: isTexts,
  roles: isTexts,
  roles_version: isCount,
  generation: (value) => value === undefined || isCount(value),
};

/**
 * Reads the payload of a token whose signature, issuer and audience have been verified. Every claim but
 * `generation` is required, because JWT libraries accept a token without `exp` as one that never expires.
 *
 * @param ttlSeconds the configured token lifetime. It also limits tokens that were issued when the lifetime
 *   was longer: ended sessions are remembered for one lifetime, and no token may outlive that.
 * @throws {InvalidToken} `malformed_token` or `malformed_claim`
 */
export function readClaims(payload: unknown, ttlSeconds: number): VerifiedClaims {
  const { sub, sid, iat, exp, auth_time, roles, roles_version, generation } = requireClaims(payload);
  return {
    subject: {
      userId: sub,
      sessionId: sid,
      // Most tokens have no roles. Sharing one empty array saves memory in the cache of verified tokens.
      roles: roles.length > 0 ? roles : NO_ROLES,
      rolesVersion: roles_version,
      authenticatedAt: auth_time * 1000,
      generation: generation ?? 0,
    },
    expiresAt: Math.min(exp, iat + ttlSeconds) * 1000,
  };
}

/**
 * @param now epoch milliseconds
 * @throws {InvalidToken} `expired` if `now` is at or after the expiry (RFC 7519 §4.1.4)
 */
export function requireUnexpired({ expiresAt }: VerifiedClaims, now: number): void {
  if (expiresAt <= now) throw new InvalidToken('expired', 'the token has expired');
}

function requireClaims(payload: unknown): AccessTokenClaims {
  if (typeof payload !== 'object' || payload === null) {
    throw new InvalidToken('malformed_token', 'the payload is not an object');
  }
  const claims = { ...payload };
  assertClaims(claims);
  return claims;
}

function assertClaims(claims: object): asserts claims is AccessTokenClaims {
  for (const [claim, isValid] of Object.entries(CHECKS)) {
    if (!isValid(Reflect.get(claims, claim))) {
      throw new InvalidToken('malformed_claim', `the claim ${claim} is missing or malformed`);
    }
  }
}
