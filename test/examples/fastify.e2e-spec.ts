import { Api } from '../support/api.js';
import { EventSource } from '../support/event-source.js';
import { ExampleProcess } from '../support/example-process.js';
import { GuardedService } from '../support/guarded-service.js';
import { itGuardsOrders } from './order-routes.js';

describe('the example for Fastify', () => {
  let service: GuardedService;
  let example: ExampleProcess;

  beforeAll(async () => {
    service = await GuardedService.start();
    example = await ExampleProcess.start('examples/fastify/server.js', service.clientEnv);
  }, 240_000);
  afterAll(async () => {
    await example?.stop();
    await service?.stop();
  });

  itGuardsOrders(() => ({ service, example }));

  it('closes an event stream when its session is revoked, with the reason', async () => {
    const { access_token } = await service.api.newcomer();
    const headers = { authorization: `Bearer ${access_token}` };
    const stream = await EventSource.open(example.url, headers, '/orders/events');
    const received = stream.next('order');
    await new Api(example.url).call('POST', '/orders', { token: access_token });
    expect((await received).data).toMatchObject({ id: 1 });

    const ended = stream.next('ended');
    expect((await service.api.logout(access_token)).status).toBe(204);
    expect((await ended).data).toEqual({ code: 'session_revoked', reason: 'logout' });
    await stream.closed();
  });

  it('refuses an event stream without a token', async () => {
    const stream = await EventSource.open(example.url, {}, '/orders/events');
    expect(stream.answer.statusCode).toBe(401);
    await stream.closed();
  });

  it('stops with an open stream', async () => {
    const { access_token } = await service.api.newcomer();
    const headers = { authorization: `Bearer ${access_token}` };
    const stream = await EventSource.open(example.url, headers, '/orders/events');
    const ended = stream.next('ended');
    expect(await example.stop()).toBe(0);
    expect((await ended).data).toEqual({ code: 'closing' });
  });
});
