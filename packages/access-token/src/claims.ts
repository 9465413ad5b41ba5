import { invalidToken } from '../../../src/auth/access-tokens/invalid-token.js';
import type { TokenSubject } from '../../../src/sessions/check/token-subject.js';

/** What an access token says (RFC 9068 §2.2). Times are whole seconds since the epoch. */
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
  /** Private claim: the user's count of role changes when the token was issued. */
  readonly roles_version: number;
}

/** What is left to know of a token once it has been verified. */
export interface VerifiedClaims {
  readonly subject: TokenSubject;
  /** Epoch milliseconds; the token is no longer good at this instant. */
  readonly expiresAt: number;
}

const NO_ROLES: readonly string[] = Object.freeze([]);

/** The last second that a `Date` can hold (ECMA-262 §21.4.1.1). */
const MAX_SECONDS = 8_640_000_000_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const isText = (value: unknown) => typeof value === 'string' && value.length > 0;
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const isUuid = (value: unknown) => typeof value === 'string' && UUID.test(value);
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const isSeconds = (value: unknown) => isCount(value) && Number(value) <= MAX_SECONDS;

const CHECKS: { readonly [claim in keyof AccessTokenClaims]: (value: unknown) => boolean } = {
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
};

/**
 * Reads the payload of a token whose signature, issuer and audience are good. Every claim is required: libraries
 * take a missing `exp` for a token that never expires.
 *
 * @param ttlSeconds how long tokens are good today. One that was issued when it was longer expires by today's
 *   rule: ended sessions are remembered for this long, and a token must not outlive the memory of its end.
 * @throws {AppError} `invalid_token`
 */
export function readClaims(payload: unknown, ttlSeconds: number): VerifiedClaims {
  const { sub, sid, iat, exp, auth_time, roles, roles_version } = requireClaims(payload);
  return {
    subject: {
      userId: sub,
      sessionId: sid,
      // Every token that is remembered has them, and most have none.
      roles: roles.length > 0 ? roles : NO_ROLES,
      rolesVersion: roles_version,
      authenticatedAt: auth_time * 1000,
    },
    expiresAt: Math.min(exp, iat + ttlSeconds) * 1000,
  };
}

/** @throws {AppError} `invalid_token` from the very instant at which the token expires (RFC 7519 §4.1.4) */
export function requireUnexpired({ expiresAt }: VerifiedClaims, now: number): void {
  if (expiresAt <= now) throw invalidToken('it has expired');
}

function requireClaims(payload: unknown): AccessTokenClaims {
  if (typeof payload !== 'object' || payload === null) throw invalidToken('its payload is not an object');
  const claims: Record<string, unknown> = { ...payload };
  for (const [claim, isGood] of Object.entries(CHECKS)) {
    if (!isGood(claims[claim])) throw invalidToken(`its ${claim} is missing or malformed`);
  }
  return claims as unknown as AccessTokenClaims;
}
