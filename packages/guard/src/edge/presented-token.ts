import { cookieValues } from '@latchkey/access-token/cookie-values';
import { GuardError } from '../guard-error.js';
import { type GatewayHeaders, singleValue } from './gateway-request.js';

/** RFC 6750 §2.1: `"Bearer" 1*SP b64token`; RFC 9110 §11.1: the scheme is case-insensitive. */
const BEARER = /^bearer +([a-z0-9._~+/-]+=*) *$/i;
const BEARER_SCHEME = /^bearer(?: |$)/i;

export interface PresentedToken {
  readonly token: string;
  readonly isFromCookie: boolean;
}

/**
 * Reads the access token of a request: a bearer token, otherwise the cookie. Another scheme of `Authorization` is not
 * meant for Latchkey.
 *
 * @param cookieName `undefined` if cookies are not accepted
 * @throws {GuardError} invalid_token if there is none, or two cookies that could be it
 */
export function presentedToken(headers: GatewayHeaders, cookieName: string | undefined): PresentedToken {
  const authorization = singleValue(headers, 'authorization');
  if (authorization === undefined && headers.authorization?.length) {
    throw new GuardError('invalid_token', { detail: 'There is more than one Authorization header.' });
  }
  if (authorization !== undefined && BEARER_SCHEME.test(authorization)) {
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined)
      throw new GuardError('invalid_token', { detail: 'The bearer token is malformed.' });
    return { token, isFromCookie: false };
  }
  const values = cookieName === undefined ? [] : cookieValues(singleValue(headers, 'cookie'), cookieName);
  // Two values: another host has set a cookie of this name (RFC 6265 §8.6).
  if (values.length > 1) throw new GuardError('invalid_token', { detail: 'The access cookie is ambiguous.' });
  const token = values[0];
  if (token === undefined || token === '') throw new GuardError('invalid_token');
  return { token, isFromCookie: true };
}

/** Whether the request has credentials that a challenge should comment on (RFC 6750 §3.1). */
export function presentsToken(headers: GatewayHeaders, cookieName: string | undefined): boolean {
  if (headers.authorization !== undefined) return true;
  return cookieName !== undefined && cookieValues(singleValue(headers, 'cookie'), cookieName).length > 0;
}
