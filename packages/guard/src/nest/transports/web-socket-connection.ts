import type { StreamEnd } from '../../guard.js';
import type { LongConnection } from '../transport.js';

/** A connection of the package `ws`. */
export interface NodeWebSocket {
  close(code: number, reason: string): void;
  once(event: 'close', listener: () => void): unknown;
}

/** 4401: log in again, or connect with a new token; 1013 (RFC 6455 registry): try again later; 1001: going away. */
const CLOSE_CODES: Record<StreamEnd['code'], number> = {
  session_revoked: 4401,
  session_expired: 4401,
  token_expired: 4401,
  unavailable: 1013,
  closing: 1001,
};

export function webSocketConnection(socket: NodeWebSocket): LongConnection {
  return {
    identity: socket,
    close: (end) => closeWebSocket(socket, end),
    onceClosed: (listener) => socket.once('close', listener),
  };
}

/** Nothing is sent after `close`, although the handshake of closing has to wait for the client. */
export function closeWebSocket(socket: Pick<NodeWebSocket, 'close'>, end: StreamEnd): void {
  // At most 123 bytes (RFC 6455 §5.5.1); codes and reasons are short and ASCII.
  const reason = end.reason === undefined ? end.code : `${end.code}: ${end.reason}`;
  socket.close(CLOSE_CODES[end.code], reason.slice(0, 123));
}
