import Fastify from 'fastify';
import { trackEventStream } from '../../../packages/guard/src/create-guard.js';
import { latchkey, problems } from '../../../packages/guard/src/fastify.js';
import { guardOfEnvironment } from './guard-of-environment.js';
import { Ticker } from './ticker.js';

const guard = guardOfEnvironment();
const ticker = new Ticker();

const app = Fastify();
await app.register(latchkey, { guard });
app.setErrorHandler(problems);
app.get('/orders', (request) => ({ userId: request.user.userId }));
app.get('/ticks', (request, reply) => {
  trackEventStream(guard, request.user, reply.raw);
  reply.hijack();
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  const stop = ticker.add((tick) => reply.raw.write(`data: ${tick}\n\n`));
  reply.raw.once('close', stop);
});
process.stdout.write(`listening on ${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);
