import type { WebSocket } from 'ws';
import { closeSocket } from '../../streams/close-socket.js';
import type { LongConnection } from '../transport.js';

/** A connection of the package `ws`. */
export function webSocketConnection(socket: WebSocket): LongConnection {
  return {
    identity: socket,
    close: (end) => closeSocket(socket, end),
    onceClosed: (listener) => socket.once('close', listener),
  };
}
