import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { networkOf } from '../../shares/network-of.js';

export interface ConnectionLimits {
  /** Connections without a request in progress, of all clients together. */
  readonly idle: number;
  /** The same for one network. */
  readonly idlePerNetwork: number;
  /** How long a new connection may take to send the first byte, milliseconds. */
  readonly firstByteMs: number;
}

/** Takes the connection of a socket out of the limits. */
const release = new WeakMap<Duplex, () => void>();

/** For a connection that is not used for HTTP any longer: it is never idle, and its protocol has limits of its own. */
export function releaseFromLimits(socket: Duplex): void {
  release.get(socket)?.();
}

const LIMITS: ConnectionLimits = { idle: 10_000, idlePerNetwork: 1_000, firstByteMs: 10_000 };

/**
 * Closes connections that wait for nothing: those that stay silent after they were opened, and, when there are too many
 * of them, the ones whose last request is longest ago. A new connection is never refused: many idle ones cannot keep
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
  const open = new OpenConnections(limits);
  const connections = new WeakMap<Socket, Connection>();
  let requests = 0;
  server.on('connection', (socket: Socket) => {
    // `http-upgrade.ts` hands a connection over a second time.
    if (connections.has(socket)) return;
    const address = socket.remoteAddress ?? '';
    requests += 1;
    const connection: Connection = {
      socket,
      network: isProxy(address) ? null : networkOf(address),
      usedAt: requests,
      response: null,
    };
    connections.set(socket, connection);
    open.add(connection);
    release.set(socket, () => open.remove(connection));
    const timer = setTimeout(() => {
      if (socket.bytesRead === 0) socket.destroy();
    }, limits.firstByteMs).unref();
    socket.once('close', () => {
      clearTimeout(timer);
      open.remove(connection);
    });
  });
  // Two fields for each request, and no listener: this is on the path of every check.
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(socket);
    if (!connection) return;
    requests += 1;
    connection.usedAt = requests;
    connection.response = new WeakRef(response);
  });
}

interface Connection {
  readonly socket: Socket;
  /** `null` for a proxy. */
  readonly network: string | null;
  /** The number of its last request, of all requests. */
  usedAt: number;
  /** Weak: an idle connection must not keep what its last request used. */
  response: WeakRef<ServerResponse> | null;
}

/** A client may send the next request before it has the response, so the last one decides. */
function isIdle({ response }: Connection): boolean {
  const last = response?.deref();
  return last === undefined || last.writableFinished || last.destroyed;
}

class OpenConnections {
  private readonly all = new Set<Connection>();
  private readonly byNetwork = new Map<string, Set<Connection>>();

  constructor(private readonly limits: ConnectionLimits) {}

  add(connection: Connection): void {
    const { network } = connection;
    this.all.add(connection);
    if (network !== null) {
      const ofNetwork = this.byNetwork.get(network) ?? new Set();
      this.byNetwork.set(network, ofNetwork.add(connection));
      this.closeSurplus(ofNetwork, this.limits.idlePerNetwork);
    }
    this.closeSurplus(this.all, this.limits.idle);
  }

  remove(connection: Connection): void {
    const { network } = connection;
    this.all.delete(connection);
    const ofNetwork = network === null ? undefined : this.byNetwork.get(network);
    if (network === null || !ofNetwork) return;
    ofNetwork.delete(connection);
    if (ofNetwork.size === 0) this.byNetwork.delete(network);
  }

  /** Which are idle is found out only when there are too many: then each new connection looks at all of them. */
  private closeSurplus(connections: ReadonlySet<Connection>, limit: number): void {
    if (connections.size <= limit) return;
    const idle = [...connections].filter(isIdle);
    if (idle.length <= limit) return;
    const oldest = idle.reduce((a, b) => (b.usedAt < a.usedAt ? b : a));
    // Now, because `close` is emitted later.
    this.remove(oldest);
    oldest.socket.destroy();
  }
}
