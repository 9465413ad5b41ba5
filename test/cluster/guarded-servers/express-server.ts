import type { AddressInfo } from 'node:net';
import express from 'express';
import { WebSocketServer } from 'ws';
import { trackEventStream } from '../../../packages/guard/src/create-guard.js';
import { latchkey, problems } from '../../../packages/guard/src/express.js';
import { latchkey as guardSockets } from '../../../packages/guard/src/ws.js';
import { guardOfEnvironment } from './guard-of-environment.js';
import { Ticker } from './ticker.js';

const guard = guardOfEnvironment();
const ticker = new Ticker();

const app = express();
app.use(latchkey({ guard }));
app.get('/orders', (request, response) => {
  response.json({ userId: request.user?.userId });
});
app.get('/ticks', (request, response, next) => {
  if (!request.user) throw new Error('not guarded');
  try {
    trackEventStream(guard, request.user, response);
  } catch (error) {
    next(error);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  const stop = ticker.add((tick) => response.write(`data: ${tick}\n\n`));
  response.once('close', stop);
});
app.use(problems);

const sockets = new WebSocketServer({ noServer: true });
sockets.on('connection', (socket) => {
  const stop = ticker.add((tick) => socket.send(tick));
  socket.once('close', stop);
});

const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
});
server.on('upgrade', guardSockets({ guard, server: sockets }));
