import type { IncomingMessage } from 'node:http';
import { invalidToken } from '../tokens/invalid-token.js';

/** RFC 6750 §2.1: `"Bearer" 1*SP b64token`; RFC 9110 §11.1: the scheme is case-insensitive. */
const BEARER_SCHEME = /^bearer +/i;
const HEADER = 'authorization';

/**
 * Reads the access token of a request from its `Bearer` header. Never from the query or the body (RFC 9700 §4.3.2), where
 * it would end up in logs and browser histories.
 *
 * @throws {GuardError} invalid_token unless the request has exactly one
 */
export function readBearerToken(request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): string {
  const { authorization } = request.headers;
  if (authorization === undefined || !BEARER_SCHEME.test(authorization)) {
    throw invalidToken('there is no Bearer token');
  }
  if (isRepeated(request.rawHeaders)) throw invalidToken('there is more than one Authorization header');
  return authorization.replace(BEARER_SCHEME, '');
}

/** Node keeps only the first of several headers; a proxy in front of the server may have checked another one. */
function isRepeated(rawHeaders: readonly string[]): boolean {
  let times = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === HEADER.length && name.toLowerCase() === HEADER) times++;
  }
  return times > 1;
}
