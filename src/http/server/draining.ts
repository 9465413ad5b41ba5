import type { IncomingMessage, Server, ServerResponse } from 'node:http';
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
 *
 * @returns a function after which every answer closes its connection, so that clients open the next one to another
 *   instance. Closing the server calls it
 */
export function drainOnClose(fastify: FastifyInstance): () => void {
  const server = fastify.server as Server;
  const connections = new Set<Socket>();
  let closesConnections = false;

  server.on('connection', (socket) => {
    if (connections.has(socket)) return;
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  const closeConnections = () => {
    if (closesConnections) return;
    closesConnections = true;
    // Fastify runs no hooks for a path that its router cannot decode.
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) =>
      response.setHeader('connection', 'close'),
    );
  };
  fastify.addHook('preClose', (done) => {
    closeConnections();
    const timers = [
      setTimeout(() => closeUnused(connections), FIRST_REQUEST_MS),
      setTimeout(() => server.closeAllConnections(), MAX_DRAIN_MS),
    ];
    server.once('close', () => timers.forEach(clearTimeout));
    done();
  });
  // For requests in flight.
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (closesConnections) reply.header('connection', 'close');
    done();
  });
  return closeConnections;
}

function closeUnused(connections: ReadonlySet<Socket>): void {
  for (const socket of connections) {
    if (socket.bytesRead === 0) socket.destroy();
  }
}
