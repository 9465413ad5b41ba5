import type { WebSocket } from 'ws';
import type { LongConnection } from '../transport.js';
import { webSocketConnection } from '../transports/web-socket-connection.js';

/** A socket of socket.io. */
interface IoSocket {
  /** Its connection, which it may share with sockets of other namespaces. */
  readonly conn: object;
  emit(event: string, data: unknown): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
  disconnect(closesConnection: boolean): unknown;
}

/** @param client what Nest passes to the handlers of gateways */
export function connectionOf(client: object): LongConnection {
  return 'disconnect' in client ? ioConnection(client as IoSocket) : webSocketConnection(client as WebSocket);
}

function ioConnection(socket: IoSocket): LongConnection {
  return {
    identity: socket,
    writers: { target: socket.conn, methods: ['write'] },
    close(end) {
      // socket.io has no close codes. Nest reports errors to clients by the same event.
      socket.emit('exception', end);
      socket.disconnect(true);
    },
    onceClosed: (listener) => socket.once('disconnect', listener),
  };
}
