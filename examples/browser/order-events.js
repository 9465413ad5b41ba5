import { trackEventStream } from '@latchkey/guard';
import { onOrder } from './orders.js';

/** Sends the caller's new orders as server-sent events, until the session ends. */
export function orderEvents(guard) {
  return ({ user }, reply) => {
    // Before anything is sent: it throws if the session has ended since it was checked.
    trackEventStream(guard, user, reply.raw);
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    reply.raw.write('event: ready\ndata: {}\n\n');
    const stop = onOrder(user.userId, (order) => {
      reply.raw.write(`event: order\ndata: ${JSON.stringify(order)}\n\n`);
    });
    reply.raw.once('close', stop);
  };
}
