import type { FastifyRequest } from 'fastify';
import { cookieValues } from '../../http/cookies/cookie-header.js';
import { invalidToken } from './invalid-token.js';

/** Longer ones are refused before anything is parsed; our own are about 700 characters. */
export const MAX_TOKEN_LENGTH = 4096;

/** RFC 6750 §2.1: `"Bearer" 1*SP b64token`; RFC 9110 §11.1: the scheme is case-insensitive. */
const SCHEME = /^bearer +/i;
const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;
const HEADER = 'authorization';

/**
 * The access token of a request, from where it is looked for: the `Authorization` header, and where there is none, the
 * cookie. Not the query and not the body (RFC 9700 §4.3.2), where it would end up in logs and histories.
 *
 * @throws {AppError} `invalid_token` when there is none, or not exactly one
 */
export function requireAccessToken(request: TokenBearer, cookieName: string): string {
  const token = requirePresentedToken(request, cookieName);
  if (!B64TOKEN.test(token)) throw invalidToken('what was presented is not one token');
  return token;
}

/**
 * The same, whatever its characters: enough to find one that is known, which is asked for with every request.
 *
 * @throws {AppError} `invalid_token` when there is none, or more than one
 */
export function requirePresentedToken({ headers, raw }: TokenBearer, cookieName: string): string {
  const { authorization } = headers;
  const token =
    authorization === undefined
      ? tokenOfCookie(headers.cookie, cookieName)
      : tokenOfHeader(authorization, raw.rawHeaders);
  if (token.length > MAX_TOKEN_LENGTH) throw invalidToken('the token is too long');
  return token;
}

type TokenBearer = Pick<FastifyRequest, 'headers' | 'raw'>;

function tokenOfHeader(authorization: string, rawHeaders: readonly string[]): string {
  const scheme = SCHEME.exec(authorization)?.[0];
  if (scheme === undefined) throw invalidToken('the Authorization header is not one Bearer token');
  if (isRepeated(rawHeaders)) throw invalidToken('there is more than one Authorization header');
  return authorization.slice(scheme.length);
}

function tokenOfCookie(header: string | undefined, name: string): string {
  const [token, ...others] = cookieValues(header, name);
  if (token === undefined) throw invalidToken('there is neither an Authorization header nor a cookie');
  if (others.length > 0) throw invalidToken('there is more than one access cookie');
  return token;
}

/** Node shows the first of several; a proxy in front may have looked at another. */
function isRepeated(rawHeaders: readonly string[]): boolean {
  let times = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === HEADER.length && name.toLowerCase() === HEADER) times++;
  }
  return times > 1;
}
