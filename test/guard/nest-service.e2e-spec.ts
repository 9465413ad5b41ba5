import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Controller, Get, type INestApplication, type MessageEvent, Sse } from '@nestjs/common';
import { GraphQLModule, Query, Resolver, Subscription } from '@nestjs/graphql';
import {
  type ClientProxy,
  ClientProxyFactory,
  MessagePattern,
  type MicroserviceOptions,
  Transport,
} from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { WebSocketGateway } from '@nestjs/websockets';
import { createClient } from 'graphql-ws';
import { lastValueFrom, type Observable, Subject } from 'rxjs';
import WebSocket from 'ws';
import { CurrentUser, LatchkeyModule, type Principal, Public } from '../../packages/guard/src/nest.js';
import { freePort } from '../support/free-port.js';
import { waitUntil } from '../support/wait-until.js';
import { Feed } from './feed.js';
import { ServiceForGuards } from './service-for-guards.js';

const prices = new Feed<{ price: number }>();
const events = new Subject<MessageEvent>();
const clients = new Set<WebSocket>();

@Controller()
class OrdersController {
  @Get('orders')
  orders(@CurrentUser() { sessionId }: Principal) {
    return { sessionId };
  }

  @Sse('events')
  events(): Observable<MessageEvent> {
    return events;
  }

  @MessagePattern('orders')
  message(@CurrentUser() { sessionId }: Principal) {
    return sessionId;
  }
}

@Resolver()
class PricesResolver {
  @Public()
  @Query(() => String)
  name(): string {
    return 'prices';
  }

  @Subscription(() => Number)
  price(): AsyncIterable<{ price: number }> {
    return prices.subscribe();
  }
}

/** Not the port of GraphQL: Nest's adapter disconnects upgrades to paths that are not its own. */
const chatPort = await freePort();

@WebSocketGateway(chatPort, { path: '/chat' })
class ChatGateway {
  handleConnection(client: WebSocket): void {
    clients.add(client);
  }
}

/** Sends something on every connection that the application knows. */
function sendEverywhere(text: string): void {
  prices.send({ price: 1 });
  events.next({ data: text });
  for (const client of clients) if (client.readyState === client.OPEN) client.send(text);
}

describe('a Nest application that is guarded by the service', () => {
  let service: ServiceForGuards;
  let app: INestApplication;
  let url: string;
  let client: ClientProxy;
  let token: string;

  beforeAll(async () => {
    service = await ServiceForGuards.start();
    const testing = await Test.createTestingModule({
      imports: [
        LatchkeyModule.forRoot({ ...service.guardOptions, hybridInheritsConfig: true }),
        GraphQLModule.forRoot<ApolloDriverConfig>({
          driver: ApolloDriver,
          autoSchemaFile: true,
          subscriptions: { 'graphql-ws': true },
        }),
      ],
      controllers: [OrdersController],
      providers: [PricesResolver, ChatGateway],
    }).compile();
    app = testing.createNestApplication(new ExpressAdapter(), { logger: false, forceCloseConnections: true });
    app.useWebSocketAdapter(new WsAdapter(app));
    const options = { host: '127.0.0.1', port: await freePort() };
    // Without this, Nest does not run global guards for the messages of a hybrid application.
    app.connectMicroservice<MicroserviceOptions>(
      { transport: Transport.TCP, options },
      { inheritAppConfig: true },
    );
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    client = ClientProxyFactory.create({ transport: Transport.TCP, options });
    client.setOnDispatchHook((packet) => {
      packet.metadata = { authorization: `Bearer ${token}` };
    });
  });
  afterAll(async () => {
    client?.close();
    await app?.close();
    await service?.stop();
  });

  const get = (path: string) => fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
  const send = () => lastValueFrom(client.send<string>('orders', {}));

  /** Opens one long connection of each kind. */
  async function openConnections() {
    const ended: Record<string, string> = {};
    const received: unknown[] = [];
    const authorization = `Bearer ${token}`;
    const stream = await get('/events');
    stream.text().then(
      (text) => (ended.events = text.trim()),
      (error) => (ended.events = String(error)),
    );
    const socket = new WebSocket(`ws://127.0.0.1:${chatPort}/chat`, { headers: { authorization } });
    socket.on('message', (text) => received.push(String(text)));
    socket.on('close', (code, reason) => (ended.socket = `${code} ${reason}`));
    await new Promise((resolve) => socket.once('open', resolve));
    createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization },
      retryAttempts: 0,
      on: { closed: (event) => (ended.graphql = describeClose(event as CloseEvent)) },
    }).subscribe(
      { query: 'subscription { price }' },
      { next: (it) => received.push(it), error: () => {}, complete: () => {} },
    );
    await waitUntil('the subscription', () => prices.listeners > 0);
    return { ended, received };
  }

  interface CloseEvent {
    readonly code: number;
    readonly reason: string;
  }
  const describeClose = ({ code, reason }: CloseEvent) => `${code} ${reason}`;

  it('admits a session until its end is answered, and then refuses it everywhere with the reason', async () => {
    const login = await service.api.newcomer();
    token = login.access_token;
    const answer = await get('/orders');
    expect([answer.status, await answer.json()]).toEqual([200, { sessionId: login.session_id }]);
    expect(await send()).toBe(login.session_id);

    expect((await service.api.logout(token)).status).toBe(204);
    const refused = await get('/orders');
    expect([refused.status, await refused.json()]).toEqual([
      401,
      expect.objectContaining({ code: 'session_revoked', reason: 'logout' }),
    ]);
    await expect(send()).rejects.toMatchObject({ code: 'session_revoked', reason: 'logout' });
  });

  it('has closed all connections of a session, with the reason, when its end is answered', async () => {
    const login = await service.api.newcomer();
    token = login.access_token;
    const { ended, received } = await openConnections();
    sendEverywhere('before');
    await waitUntil('what was sent before', () => received.length === 2);
    expect(ended).toEqual({});
    expect((await service.api.logout(token)).status).toBe(204);
    sendEverywhere('after');
    await waitUntil('the connections to close', () => Object.keys(ended).length === 3);
    const end = JSON.stringify({ code: 'session_revoked', reason: 'logout' });
    expect(ended).toEqual({
      events: `id: 1\ndata: before\n\nevent: ended\ndata: ${end}`,
      socket: `4401 ${end}`,
      graphql: `4401 ${end}`,
    });
    expect(received).toEqual(['before', { data: { price: 1 } }]);
  });
});
