import type { FastifyRequest } from 'fastify';
import { invalidToken } from './invalid-token.js';

/** Longer ones are refused before anything is parsed; our own are about 700 characters. */
export const MAX_TOKEN_LENGTH = 4096;

const SCHEME = 'bearer ';
/** RFC 6750 §2.1: `"Bearer" 1*SP b64token`; RFC 9110 §11.1: the scheme is case-insensitive. */
const CREDENTIALS = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;
const HEADER = 'authorization';

/**
 * The token of a request, from the one place where it is looked for: not the query and not the body
 * (RFC 9700 §4.3.2), where it would end up in logs and histories.
 *
 * @throws {AppError} `invalid_token` when there is none, or not exactly one
 */
export function requireBearerToken({ headers, raw }: Pick<FastifyRequest, 'headers' | 'raw'>): string {
  const { authorization } = headers;
  if (authorization === undefined) throw invalidToken('there is no Authorization header');
  if (authorization.length > SCHEME.length + MAX_TOKEN_LENGTH) throw invalidToken('the token is too long');
  const token = CREDENTIALS.exec(authorization)?.[1];
  if (token === undefined) throw invalidToken('the Authorization header is not one Bearer token');
  if (isRepeated(raw.rawHeaders)) throw invalidToken('there is more than one Authorization header');
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
