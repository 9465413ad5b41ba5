import type { IncomingMessage } from 'node:http';
import { BEARER_SCHEME, hasSeveralAuthorizations } from '@latchkey/access-token/bearer-token';
import { invalidToken } from '../tokens/invalid-token.js';

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
  if (hasSeveralAuthorizations(request.rawHeaders))
    throw invalidToken('there is more than one Authorization header');
  return authorization.replace(BEARER_SCHEME, '');
}
