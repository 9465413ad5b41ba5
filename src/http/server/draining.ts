import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long a new connection has to send its request. */
const FIRST_REQUEST_MS = 250;
/** Longer than any request takes. A client that is still sending its request is disconnected. */
const MAX_DRAIN_MS = 10_000;

/**
 * Completes requests in flight when the service stops, and closes their connections.
 *
 * Node closes only idle connections. A busy one would stay open until its keep-alive timeout, and one that has not sent
 * anything yet (browsers and load balancers open some in advance) counts as busy.
 */
export function drainOnClose(fastify: FastifyInstance): void {
  const { server } = fastify;
  const connections = new Set<Socket>();
  let draining = false;

  server.on('connection', (socket) => {
    if (connections.has(socket)) return;
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  fastify.addHook('preClose', (done) => {
    draining = true;
    const timers = [
      setTimeout(() => closeUnused(connections), FIRST_REQUEST_MS),
      setTimeout(() => server.closeAllConnections(), MAX_DRAIN_MS),
    ];
    server.once('close', () => timers.forEach(clearTimeout));
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining) reply.header('connection', 'close');
    done();
  });
}

function closeUnused(connections: ReadonlySet<Socket>): void {
  for (const socket of connections) {
    if (socket.bytesRead === 0) socket.destroy();
  }
}
