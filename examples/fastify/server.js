import { createGuard } from '@latchkey/guard';
import { latchkey, problems } from '@latchkey/guard/fastify';
import Fastify from 'fastify';
import { orderEvents } from './order-events.js';
import { addOrder, ordersOf } from './orders.js';

const { LATCHKEY_ISSUER: issuer = 'http://localhost:3000', PORT = '4001' } = process.env;

const guard = createGuard({
  issuer,
  clientId: process.env.LATCHKEY_CLIENT_ID ?? 'orders',
  clientSecret: process.env.LATCHKEY_CLIENT_SECRET ?? '',
  audience: process.env.LATCHKEY_AUDIENCE ?? issuer,
});

const app = Fastify({ logger: { level: 'warn' } });
app.register(latchkey, { guard });
app.setErrorHandler(problems);

app.get('/', { config: { public: true } }, () => ({ service: 'orders' }));
app.get('/orders', ({ user }) => ordersOf(user.userId));
app.post('/orders', ({ user }, reply) => reply.code(201).send(addOrder(user.userId)));
app.get('/orders/events', orderEvents(guard));
app.get('/reports', { config: { roles: ['admin'] } }, () => ({ revenue: 1815 }));
app.post('/refunds', { config: { maxAge: '5m' } }, () => ({ refunded: true }));

// Before the server waits for its open responses, which streams would delay.
app.addHook('preClose', () => guard.close());
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => app.close());

// Rejects if the service refuses the id or the secret.
await guard.ready();
console.log(`orders: ${await app.listen({ port: Number(PORT) })}`);
