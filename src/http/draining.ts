import type { FastifyInstance } from 'fastify';

/** Longer than any request takes; a client that sends its request more slowly than this is cut off. */
const DRAIN_MS = 10_000;

/**
 * Lets requests in flight finish when the service stops, and tells their clients not to send another one here. Node
 * closes idle connections only: without this, one that was busy would stay open for its whole keep-alive time.
 */
export function drainOnClose(fastify: FastifyInstance): void {
  let draining = false;
  fastify.addHook('preClose', (done) => {
    draining = true;
    const cutOff = setTimeout(() => fastify.server.closeAllConnections(), DRAIN_MS);
    fastify.server.once('close', () => clearTimeout(cutOff));
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining) reply.header('connection', 'close');
    done();
  });
}
