import { latchkey } from '@latchkey/guard/ws';
import { WebSocketServer } from 'ws';
import { onOrder } from './orders.js';

/**
 * Sends the caller's new orders on a WebSocket at `/orders/live`, until the session ends. A browser opens it with
 * `new WebSocket(url, ['orders.v1', 'latchkey.bearer.' + accessToken])`.
 */
export function acceptOrderSockets(server, guard) {
  const sockets = new WebSocketServer({ noServer: true, path: '/orders/live' });
  sockets.on('connection', (socket, _request, user) => {
    const stop = onOrder(user.userId, (order) => socket.send(JSON.stringify(order)));
    socket.once('close', stop);
    socket.on('error', () => socket.terminate());
  });
  server.on('upgrade', latchkey({ guard, server: sockets }));
}
