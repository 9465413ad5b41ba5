import {
  BEARER_SCHEME,
  hasSeveralAuthorizations,
  isTokenText,
  MAX_TOKEN_LENGTH,
} from '@latchkey/access-token/bearer-token';
import { cookieValues } from '@latchkey/access-token/cookie-values';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../errors/app-error.js';
import { presentsBearer } from '../../http/routes/bearer-scheme.js';
import { originHeaders } from '../../http/server/cross-site.js';
import { invalidToken } from './invalid-token.js';

type TokenBearer = Pick<FastifyRequest, 'headers' | 'raw'>;

/**
 * Reads the access token of a request from a `Bearer` header or, without one, from the cookie. Never from the query or
 * the body (RFC 9700 §4.3.2), where it would end up in logs and browser histories.
 *
 * Does not check the characters of the token (`requireWellFormed`): a token that is found in the cache needs
 * no such check, and this function runs for every request.
 *
 * @param isOwn whether this service may have issued a token. Decides between several access cookies
 * @throws {AppError} `invalid_token` unless the request has exactly one
 */
export function requireAccessToken(
  { headers, raw }: TokenBearer,
  cookieName: string,
  isOwn: (token: string) => boolean,
): string {
  const { authorization = '' } = headers;
  const token = presentsBearer(headers)
    ? tokenFromHeader(authorization, raw.rawHeaders)
    : tokenFromCookie(headers, cookieName, isOwn);
  if (token.length > MAX_TOKEN_LENGTH) throw invalidToken('the token is too long');
  return token;
}

/**
 * @throws {AppError} `invalid_token` if the text has characters that no token has, such as a space between
 *   two tokens
 */
export function requireWellFormed(token: string): void {
  if (!isTokenText(token)) throw invalidToken('the text is not one token');
}

function tokenFromHeader(authorization: string, rawHeaders: readonly string[]): string {
  if (hasSeveralAuthorizations(rawHeaders)) throw invalidToken('there is more than one Authorization header');
  return authorization.replace(BEARER_SCHEME, '');
}

function tokenFromCookie(
  headers: FastifyRequest['headers'],
  name: string,
  isOwn: (token: string) => boolean,
): string {
  const values = cookieValues(headers.cookie, name);
  const [token, ...others] = values.length > 1 ? values.filter(isOwn) : values;
  if (token === undefined) throw missingToken(headers);
  if (others.length > 0) throw invalidToken('there is more than one access cookie');
  return token;
}

function missingToken(headers: FastifyRequest['headers']): AppError {
  const { fetchSite, origin } = originHeaders({ headers });
  const isBrowser = fetchSite !== undefined || origin !== undefined;
  return new AppError('invalid_token', {
    cause: new Error('there is neither a Bearer token nor an access cookie'),
    // A developer whose browser does not keep the cookies sees no other sign of it.
    detail: isBrowser ? 'The browser sent neither an access cookie nor a bearer token.' : undefined,
  });
}
