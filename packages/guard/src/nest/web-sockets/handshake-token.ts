import type { IncomingMessage } from 'node:http';
import { readBearerToken } from '../../tokens/bearer-token.js';

/** What a client offers before its token, because browsers can set no header but the list of subprotocols. */
const TOKEN_FOLLOWS = 'bearer';

/**
 * Reads the token of a request for a WebSocket: `Authorization: Bearer <token>`, or the subprotocol after `bearer`, as in
 * `new WebSocket(url, ['bearer', token])`. Never from the URL (RFC 9700 §4.3.2).
 *
 * @returns undefined if there is none
 * @throws {GuardError} invalid_token if the header is not one Bearer token
 */
export function readHandshakeToken(
  request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
): string | undefined {
  if (request.headers.authorization !== undefined) return readBearerToken(request);
  const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  const at = offered.indexOf(TOKEN_FOLLOWS);
  return at < 0 ? undefined : offered[at + 1];
}
