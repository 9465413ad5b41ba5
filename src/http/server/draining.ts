import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Time for a connection just made to send its request. */
const FIRST_WORD_MS = 250;
/** Longer than any request takes; a client that sends its request more slowly than this is cut off. */
const DRAIN_MS = 10_000;

/**
 * Lets requests in flight finish when the service stops, and tells their clients not to send another one here.
 *
 * Node closes idle connections only. One that was busy would stay open for its whole keep-alive time, and one that
 * never sent anything (browsers and load balancers open some in advance) counts as busy.
 */
export function drainOnClose(fastify: FastifyInstance): void {
  const { server } = fastify;
  const connections = new Set<Socket>();
  let draining = false;

  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  fastify.addHook('preClose', (done) => {
    draining = true;
    const timers = [
      setTimeout(() => closeSilent(connections), FIRST_WORD_MS),
      setTimeout(() => server.closeAllConnections(), DRAIN_MS),
    ];
    server.once('close', () => timers.forEach(clearTimeout));
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining) reply.header('connection', 'close');
    done();
  });
}

function closeSilent(connections: ReadonlySet<Socket>): void {
  for (const socket of connections) {
    if (socket.bytesRead === 0) socket.destroy();
  }
}
