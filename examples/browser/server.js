import proxy from '@fastify/http-proxy';
import files from '@fastify/static';
import { createGuard } from '@latchkey/guard';
import { latchkey, problems } from '@latchkey/guard/fastify';
import Fastify from 'fastify';
import { orderEvents } from './order-events.js';
import { addOrder, ordersOf } from './orders.js';
import { tokenFromCookie } from './token-from-cookie.js';

const { LATCHKEY_ISSUER: issuer = 'http://localhost:3000', PORT = '4003' } = process.env;
const ACCESS_COOKIE = issuer.startsWith('https:') ? '__Host-latchkey_access' : 'latchkey_access';
/** The paths of Latchkey that the page, and Latchkey's own page at `/account`, call. */
const LATCHKEY_PATHS = ['/auth', '/account', '/devices', '/sessions', '/security-events'];

const guard = createGuard({
  issuer,
  clientId: process.env.LATCHKEY_CLIENT_ID ?? 'orders',
  clientSecret: process.env.LATCHKEY_CLIENT_SECRET ?? '',
  audience: process.env.LATCHKEY_AUDIENCE ?? issuer,
});

const app = Fastify({ logger: { level: 'warn' } });

// One origin for the page, its API and Latchkey: so the browser keeps the tokens in cookies that no script can read.
for (const prefix of LATCHKEY_PATHS) {
  app.register(proxy, {
    upstream: issuer,
    prefix,
    rewritePrefix: prefix,
    // Replaced, not appended to: a client could have sent the header as well.
    replyOptions: {
      rewriteRequestHeaders: (request, headers) => ({ ...headers, 'x-forwarded-for': request.ip }),
    },
  });
}

app.register(
  async (api) => {
    api.addHook('onRequest', tokenFromCookie(ACCESS_COOKIE));
    api.register(latchkey, { guard });
    api.setErrorHandler(problems);
    api.get('/orders', ({ user }) => ordersOf(user.userId));
    api.post('/orders', ({ user }, reply) => reply.code(201).send(addOrder(user.userId)));
    api.get('/orders/events', orderEvents(guard));
  },
  { prefix: '/api' },
);

app.register(files, {
  root: new URL('public/', import.meta.url),
  setHeaders: (reply) => reply.header('content-security-policy', "default-src 'self'"),
});

app.addHook('preClose', () => guard.close());
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => app.close());

await guard.ready();
console.log(`orders: ${await app.listen({ port: Number(PORT) })}`);
