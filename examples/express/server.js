import { createServer } from 'node:http';
import { createGuard } from '@latchkey/guard';
import { latchkey, problems, requireRecentLogin, requireRoles } from '@latchkey/guard/express';
import express from 'express';
import { acceptOrderSockets } from './order-sockets.js';
import { addOrder, ordersOf } from './orders.js';

const { LATCHKEY_ISSUER: issuer = 'http://localhost:3000', PORT = '4002' } = process.env;

const guard = createGuard({
  issuer,
  clientId: process.env.LATCHKEY_CLIENT_ID ?? 'orders',
  clientSecret: process.env.LATCHKEY_CLIENT_SECRET ?? '',
  audience: process.env.LATCHKEY_AUDIENCE ?? issuer,
});

const app = express();
app.get('/', (_request, response) => response.json({ service: 'orders' }));

// Everything below requires a token of an active session.
app.use(latchkey({ guard }));
app.get('/orders', ({ user }, response) => response.json(ordersOf(user.userId)));
app.post('/orders', ({ user }, response) => response.status(201).json(addOrder(user.userId)));
app.get('/reports', requireRoles('admin'), (_request, response) => response.json({ revenue: 1815 }));
app.post('/refunds', requireRecentLogin('5m'), (_request, response) => response.json({ refunded: true }));
app.use(problems);

const server = createServer(app);
acceptOrderSockets(server, guard);

async function stop() {
  // Closes the WebSockets, which the server would wait for.
  await guard.close();
  server.close();
}
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, stop);

// Rejects if the service refuses the id or the secret.
await guard.ready();
server.listen(Number(PORT), () => console.log(`orders: http://localhost:${PORT}`));
