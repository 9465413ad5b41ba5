import type { WebSocket } from 'ws';
import type { StreamEnd } from '../guard.js';

/** How long the client may take to answer the close. */
const CLOSING_MS = 1_000;
/** RFC 6455 §5.5: a close frame has room for 123 bytes of text. */
const MAX_REASON_BYTES = 123;

/**
 * Private codes (RFC 6455 §7.4.2) are the status that a request would get. `closing` and `unavailable` have registered
 * codes: "going away" and "try again later".
 */
const CLOSE_CODES: { readonly [code in StreamEnd['code']]: number } = {
  session_revoked: 4401,
  session_expired: 4401,
  token_stale: 4401,
  insufficient_user_authentication: 4401,
  token_expired: 4401,
  unavailable: 1013,
  closing: 1001,
};

/** Closes a WebSocket. Nothing that the client sends afterwards reaches the application. */
export function closeSocket(socket: WebSocket, end: StreamEnd): void {
  // Messages would still be delivered until the client answers the close.
  socket.removeAllListeners('message');
  socket.close(CLOSE_CODES[end.code], closeReason(end));
  const limit = setTimeout(() => socket.terminate(), CLOSING_MS).unref();
  socket.once('close', () => clearTimeout(limit));
}

/** JSON, like the last event of a stream of server-sent events. */
export function closeReason(end: StreamEnd): string {
  const full = JSON.stringify(end);
  return Buffer.byteLength(full) <= MAX_REASON_BYTES ? full : JSON.stringify({ code: end.code });
}
