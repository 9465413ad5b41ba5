import { fileURLToPath } from 'node:url';
import { credentials, loadPackageDefinition, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { Api } from '../support/api.js';
import { ExampleProcess } from '../support/example-process.js';
import { GuardedService } from '../support/guarded-service.js';
import { waitUntil } from '../support/wait-until.js';
import { itGuardsOrders } from './order-routes.js';

const PROTO = fileURLToPath(new URL('../../examples/nest/proto/shipments.proto', import.meta.url));

describe('the example for Nest', () => {
  let service: GuardedService;
  let shipping: ExampleProcess;
  let example: ExampleProcess;

  beforeAll(async () => {
    service = await GuardedService.start();
    shipping = await ExampleProcess.start('examples/nest/src/shipping/main.ts', service.clientEnv);
    example = await ExampleProcess.start('examples/nest/src/orders/main.ts', {
      ...service.clientEnv,
      SHIPPING: `localhost:${shipping.port}`,
    });
  }, 300_000);
  afterAll(async () => {
    await Promise.all([example?.stop(), shipping?.stop()]);
    await service?.stop();
  });

  const query = async (text: string, token: string) =>
    (await new Api(example.url).call('POST', '/graphql', { token, body: { query: text } })).body;

  itGuardsOrders(() => ({ service, example }));

  it('answers GraphQL, and refuses it with the reason after a revoke', async () => {
    const { access_token } = await service.api.newcomer();
    expect(await query('mutation { placeOrder { id } }', access_token)).toEqual({
      data: { placeOrder: { id: 1 } },
    });
    await service.api.logout(access_token);
    expect(await query('{ orders { id } }', access_token)).toMatchObject({
      errors: [{ extensions: { code: 'session_revoked', reason: 'logout' } }],
    });
  });

  it('closes the connection of a subscription when its session is revoked, with the reason', async () => {
    const { access_token } = await service.api.newcomer();
    const { received, closed, client } = subscribe(access_token);
    await waitUntil('an order to arrive', async () => {
      await query('mutation { placeOrder { id } }', access_token);
      return received.length > 0;
    });
    expect(received[0]).toEqual({ data: { orderPlaced: { id: expect.any(Number) } } });

    expect((await service.api.logout(access_token)).status).toBe(204);
    const { code, reason } = await closed;
    expect([code, JSON.parse(reason)]).toEqual([4401, { code: 'session_revoked', reason: 'logout' }]);
    await client.dispose();
  });

  it('calls the microservice with the token of its caller', async () => {
    const mine = await service.api.newcomer();
    const { body: me } = await service.api.me(mine.access_token);
    const answer = await new Api(example.url).call('GET', '/orders/7/shipment', { token: mine.access_token });
    expect(answer).toMatchObject({
      status: 200,
      body: { orderId: 7, recipient: (me.user as { id: string }).id, status: 'packed' },
    });
  });

  it('guards the microservice', async () => {
    const { access_token } = await service.api.newcomer();
    expect(await findShipment(access_token)).toBeNull();
    await service.api.logout(access_token);
    const refusals = await Promise.all([findShipment(access_token), findShipment(null)]);
    expect(refusals.map((error) => error?.code)).toEqual([status.UNAUTHENTICATED, status.UNAUTHENTICATED]);
  });

  function subscribe(token: string) {
    const received: unknown[] = [];
    let onClosed: (event: { code: number; reason: string }) => void = () => {};
    const closed = new Promise<{ code: number; reason: string }>((resolve) => {
      onClosed = resolve;
    });
    const client: Client = createClient({
      url: `${example.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
      on: { closed: (event) => onClosed(event as { code: number; reason: string }) },
    });
    client.subscribe(
      { query: 'subscription { orderPlaced { id } }' },
      { next: (it) => received.push(it), error: () => {}, complete: () => {} },
    );
    return { received, closed, client };
  }

  /** @returns why the call was refused; `null` if it was answered */
  function findShipment(token: string | null): Promise<ServiceError | null> {
    // biome-ignore lint/suspicious/noExplicitAny: the types of a definition that is read at run time
    const { shop } = loadPackageDefinition(loadSync(PROTO)) as any;
    const client = new shop.Shipments(`localhost:${shipping.port}`, credentials.createInsecure());
    const metadata = new Metadata();
    if (token !== null) metadata.set('authorization', `Bearer ${token}`);
    return new Promise((resolve) => {
      client.find({ id: 1 }, metadata, (error: ServiceError | null) => {
        client.close();
        resolve(error);
      });
    });
  }
});
