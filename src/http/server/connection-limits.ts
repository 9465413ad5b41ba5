import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../../shares/network-of.js';

export interface ConnectionLimits {
  /** Connections without a request in progress, of all clients together. */
  readonly idle: number;
  /** The same for one network. */
  readonly idlePerNetwork: number;
  /** How long a new connection may take to send the first byte, milliseconds. */
  readonly firstByteMs: number;
}

const LIMITS: ConnectionLimits = { idle: 10_000, idlePerNetwork: 1_000, firstByteMs: 10_000 };

/**
 * Closes connections that wait for nothing: those that stay silent after they were opened, and, when there are too many
 * of them, the ones that have been idle for longest. A new connection is never refused: many idle ones cannot keep
 * other clients out. Connections with a request in progress, such as open streams, are not counted.
 *
 * @param isProxy whether this address is a trusted proxy, whose connections carry the requests of many clients and are
 *   limited in total only
 */
export function limitConnections(
  server: Server,
  isProxy: (address: string) => boolean,
  limits: ConnectionLimits = LIMITS,
): void {
  const idle = new IdleConnections(limits);
  const connections = new WeakMap<Socket, Connection>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const connection = { socket, network: isProxy(address) ? null : networkOf(address), requests: 0 };
    connections.set(socket, connection);
    idle.add(connection);
    const timer = setTimeout(() => {
      if (socket.bytesRead === 0) socket.destroy();
    }, limits.firstByteMs).unref();
    socket.once('close', () => {
      clearTimeout(timer);
      idle.remove(connection);
    });
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(socket);
    if (!connection) return;
    connection.requests += 1;
    idle.remove(connection);
    response.once('close', () => {
      connection.requests -= 1;
      // A client may send the next request before it has the response.
      if (connection.requests === 0 && !socket.destroyed) idle.add(connection);
    });
  });
}

interface Connection {
  readonly socket: Socket;
  /** `null` for a proxy. */
  readonly network: string | null;
  requests: number;
}

/** In the order in which they became idle. */
class IdleConnections {
  private readonly all = new Set<Connection>();
  private readonly byNetwork = new Map<string, Set<Connection>>();

  constructor(private readonly limits: ConnectionLimits) {}

  add(connection: Connection): void {
    const { network } = connection;
    this.all.add(connection);
    if (network !== null) {
      const ofNetwork = this.byNetwork.get(network) ?? new Set();
      this.byNetwork.set(network, ofNetwork.add(connection));
      if (ofNetwork.size > this.limits.idlePerNetwork) this.closeOldest(ofNetwork);
    }
    if (this.all.size > this.limits.idle) this.closeOldest(this.all);
  }

  remove(connection: Connection): void {
    const { network } = connection;
    this.all.delete(connection);
    const ofNetwork = network === null ? undefined : this.byNetwork.get(network);
    if (network === null || !ofNetwork) return;
    ofNetwork.delete(connection);
    if (ofNetwork.size === 0) this.byNetwork.delete(network);
  }

  private closeOldest(connections: ReadonlySet<Connection>): void {
    const [oldest] = connections;
    if (!oldest) return;
    // Now, because `close` is emitted later.
    this.remove(oldest);
    oldest.socket.destroy();
  }
}
