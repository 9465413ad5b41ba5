import type { IncomingMessage } from 'node:http';
import { invalidToken } from '../tokens/invalid-token.js';
import { readBearerToken } from './bearer-token.js';

const HEADER = 'sec-websocket-protocol';
const PREFIX = 'latchkey.bearer.';

/**
 * Takes the access token out of a request to open a WebSocket: from the `Authorization` header or, without one, from the
 * offered subprotocols. There it is removed, because the server's answer must not choose and so repeat it.
 *
 * @throws {GuardError} invalid_token unless the request has exactly one
 */
export function takeUpgradeToken(request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): string {
  const offered = (request.headers[HEADER] ?? '').split(',').map((protocol) => protocol.trim());
  const tokens = offered.filter((protocol) => protocol.startsWith(PREFIX));
  if (tokens.length > 0) {
    const others = offered.filter((protocol) => !protocol.startsWith(PREFIX));
    if (others.length > 0) request.headers[HEADER] = others.join(', ');
    else delete request.headers[HEADER];
  }
  if (request.headers.authorization !== undefined) return readBearerToken(request);
  const [token, ...rest] = tokens;
  if (token === undefined || rest.length > 0) throw invalidToken('there is not exactly one Bearer token');
  return token.slice(PREFIX.length);
}
