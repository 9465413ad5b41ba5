import { once } from 'node:events';
import { WebSocket } from 'ws';
import { Api } from '../support/api.js';
import { ExampleProcess } from '../support/example-process.js';
import { GuardedService } from '../support/guarded-service.js';
import { itGuardsOrders } from './order-routes.js';

describe('the example for Express', () => {
  let service: GuardedService;
  let example: ExampleProcess;

  beforeAll(async () => {
    service = await GuardedService.start();
    example = await ExampleProcess.start('examples/express/server.js', service.clientEnv);
  }, 240_000);
  afterAll(async () => {
    await example?.stop();
    await service?.stop();
  });

  const open = (protocols: string[], headers: Record<string, string> = {}) =>
    new WebSocket(`${example.url.replace('http', 'ws')}/orders/live`, protocols, { headers });

  itGuardsOrders(() => ({ service, example }));

  it('closes a WebSocket when its session is revoked, with the reason', async () => {
    const { access_token } = await service.api.newcomer();
    const socket = open(['orders.v1', `latchkey.bearer.${access_token}`]);
    await once(socket, 'open');
    expect(socket.protocol).toBe('orders.v1');
    const received = once(socket, 'message');
    await new Api(example.url).call('POST', '/orders', { token: access_token });
    expect(JSON.parse(String((await received)[0]))).toMatchObject({ id: 1 });

    const closed = once(socket, 'close');
    expect((await service.api.logout(access_token)).status).toBe(204);
    const [code, reason] = await closed;
    expect(code).toBe(4401);
    expect(JSON.parse(String(reason))).toEqual({ code: 'session_revoked', reason: 'logout' });
  });

  it('refuses a WebSocket without a token', async () => {
    const socket = open(['orders.v1']);
    const [, response] = await once(socket, 'unexpected-response');
    expect(response.statusCode).toBe(401);
    // That it closes before it was open is an error to ws.
    socket.on('error', () => {});
    socket.terminate();
  });

  it('stops with an open WebSocket', async () => {
    const { access_token } = await service.api.newcomer();
    const socket = open([], { authorization: `Bearer ${access_token}` });
    await once(socket, 'open');
    const closed = once(socket, 'close');
    expect(await example.stop()).toBe(0);
    expect((await closed)[0]).toBe(1001);
  });
});
