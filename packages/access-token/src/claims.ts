import { InvalidToken } from './errors.js';
import { sharedText, sharedTexts } from './shared-texts.js';

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
  /** The client that the token was issued to. Older releases omit it. */
  readonly client_id?: string;
  readonly auth_time: number;
  /** The authentication methods that the user completed (RFC 8176). */
  readonly amr: readonly string[];
  /** The authentication context class (OpenID Connect Core §2), such as `aal1`. Older releases omit it. */
  readonly acr?: string;
  readonly roles: readonly string[];
  /** Private claim: how many times the user's roles had changed when the token was issued. */
  readonly roles_version: number;
  /** Private claim: how many times the refresh token had been rotated when the token was issued. Older releases omit it. */
  readonly generation?: number;
  /**
   * Private claim: the epoch of the session when the token was issued. A cut-off of the user's sessions has a greater one.
   * Older releases omit it.
   */
  readonly session_epoch?: number;
  /** Private claim: the device of the session. Older releases omit it. */
  readonly device_id?: string;
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
  /**
   * The epoch of the session when the token was issued; 0 if the token does not say. If it is smaller than that of a
   * cut-off of the user's sessions, the session is over or was kept: ask which.
   */
  readonly sessionEpoch: number;
  /** The device of the session; `null` if the token does not say. */
  readonly deviceId: string | null;
  /** The client that the token was issued to; `null` if the token does not say. */
  readonly clientId: string | null;
  /** The authentication methods that the user completed (RFC 8176). */
  readonly amr: readonly string[];
  /** The authentication context class, such as `aal1`; `null` if the token does not say. */
  readonly acr: string | null;
}

/** The part of the claims that is needed after verification. */
export interface VerifiedClaims {
  readonly subject: TokenSubject;
  /** Epoch milliseconds; the token is invalid from this instant on. */
  readonly expiresAt: number;
}

/** The last second that a `Date` can represent (ECMA-262 §21.4.1.1). */
const MAX_SECONDS = 8_640_000_000_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const isText = (value: unknown) => typeof value === 'string' && value.length > 0;
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const isUuid = (value: unknown) => typeof value === 'string' && UUID.test(value);
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const isSeconds = (value: unknown) => isCount(value) && Number(value) <= MAX_SECONDS;

const isAbsentOr = (isValid: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || isValid(value);

const CHECKS: { readonly [claim in keyof AccessTokenClaims]-?: (value: unknown) => boolean } = {
  iss: isText,
  aud: (value) => isText(value) || isTexts(value),
  sub: isUuid,
  sid: isUuid,
  jti: isText,
  iat: isSeconds,
  exp: isSeconds,
  client_id: isAbsentOr(isText),
  auth_time: isSeconds,
  amr: isTexts,
  acr: isAbsentOr(isText),
  roles: isTexts,
  roles_version: isCount,
  generation: isAbsentOr(isCount),
  session_epoch: isAbsentOr(isCount),
  device_id: isAbsentOr(isUuid),
};

/**
 * Reads the payload of a token whose signature, issuer and audience have been verified. Claims that
 * tokens of older releases lack may be absent. The others are required, because JWT libraries accept a token without
 * `exp` as one that never expires.
 *
 * @param ttlSeconds the configured token lifetime. It also limits tokens that were issued when the lifetime
 *   was longer: ended sessions are remembered for one lifetime, and no token may outlive that.
 * @throws {InvalidToken} `malformed_token` or `malformed_claim`
 */
export function readClaims(payload: unknown, ttlSeconds: number): VerifiedClaims {
  const claims = requireClaims(payload);
  return {
    subject: subjectOf(claims),
    expiresAt: Math.min(claims.exp, claims.iat + ttlSeconds) * 1000,
  };
}

/**
 * In one object literal with every member, so that all subjects have the same hidden class. What many tokens have in
 * common is shared: the cache of verified tokens keeps one subject for each of them.
 */
function subjectOf(claims: AccessTokenClaims): TokenSubject {
  return {
    userId: claims.sub,
    sessionId: claims.sid,
    roles: sharedTexts(claims.roles),
    rolesVersion: claims.roles_version,
    authenticatedAt: claims.auth_time * 1000,
    generation: claims.generation ?? 0,
    sessionEpoch: claims.session_epoch ?? 0,
    deviceId: claims.device_id ?? null,
    clientId: claims.client_id === undefined ? null : sharedText(claims.client_id),
    amr: sharedTexts(claims.amr),
    acr: claims.acr === undefined ? null : sharedText(claims.acr),
  };
}

/**
 * The authentication context class of a login by these methods: `aal2` with several factors, otherwise `aal1`, after the
 * authentication assurance levels of NIST SP 800-63B.
 */
export function acrOf(amr: readonly string[]): 'aal1' | 'aal2' {
  return amr.includes('mfa') ? 'aal2' : 'aal1';
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
