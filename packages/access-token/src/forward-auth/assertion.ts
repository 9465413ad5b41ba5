import { acrOf, type TokenSubject } from '../claims.js';

/**
 * The type of assertions (RFC 8725 §3.11). Whoever accepts access tokens requires another one, so an assertion can never
 * be used as an access token, although the same keys sign both.
 */
export const ASSERTION_TYPE = 'latchkey-assertion+jwt';

/** Long enough for the request that it is made for. */
export const ASSERTION_LIFETIME_SECONDS = 60;

/** What a gateway's check tells the server behind the gateway, for servers that do not trust the network. */
export interface AssertionClaims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly sid: string;
  /** Absent if the token does not name the device. */
  readonly device_id?: string;
  readonly roles: readonly string[];
  readonly auth_time: number;
  readonly amr: readonly string[];
  readonly acr: string;
  readonly iat: number;
  readonly exp: number;
}

export interface AssertionInput {
  readonly issuer: string;
  readonly audience: string;
  readonly subject: Pick<
    TokenSubject,
    'userId' | 'sessionId' | 'deviceId' | 'roles' | 'authenticatedAt' | 'amr' | 'acr'
  >;
  /** When the access token expires, which the assertion does not outlive; epoch milliseconds. */
  readonly expiresAt: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** It states who the caller is, not which demands the caller meets. */
export function assertionClaims({
  issuer,
  audience,
  subject,
  expiresAt,
  now,
}: AssertionInput): AssertionClaims {
  const { userId, sessionId, deviceId, roles, authenticatedAt, amr, acr } = subject;
  const iat = Math.floor(now / 1000);
  return {
    iss: issuer,
    aud: audience,
    sub: userId,
    sid: sessionId,
    ...(deviceId === null ? {} : { device_id: deviceId }),
    roles,
    auth_time: Math.floor(authenticatedAt / 1000),
    amr,
    acr: acr ?? acrOf(amr),
    iat,
    exp: Math.min(iat + ASSERTION_LIFETIME_SECONDS, Math.floor(expiresAt / 1000)),
  };
}
