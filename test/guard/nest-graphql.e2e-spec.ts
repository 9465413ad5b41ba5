import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Args, GraphQLModule, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { ExpressAdapter } from '@nestjs/platform-express';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { CurrentUser, type Principal, Public, Roles } from '../../packages/guard/src/nest.js';
import { waitUntil } from '../support/wait-until.js';
import { Feed } from './feed.js';
import { type NestServer, startNest } from './nest-app.js';

const prices = new Feed<{ price: number }>();

@Resolver()
class PricesResolver {
  @Query(() => String)
  me(@CurrentUser() user: Principal): string {
    return user.userId;
  }

  @Public()
  @Query(() => String)
  name(): string {
    return 'prices';
  }

  @Roles('admin')
  @Mutation(() => Number)
  setPrice(@Args('price') price: number): number {
    prices.send({ price });
    return price;
  }

  @Subscription(() => Number)
  price(): AsyncIterable<{ price: number }> {
    return prices.subscribe();
  }
}

describe('the guard in a Nest application with GraphQL', () => {
  let server: NestServer;

  beforeAll(async () => {
    server = await startNest({
      adapter: new ExpressAdapter(),
      imports: [
        GraphQLModule.forRoot<ApolloDriverConfig>({
          driver: ApolloDriver,
          autoSchemaFile: true,
          subscriptions: { 'graphql-ws': true },
        }),
      ],
      providers: [PricesResolver],
    });
  });
  afterAll(() => server?.close());

  async function send(query: string, token?: string) {
    const answer = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query }),
    });
    return (await answer.json()) as { data: unknown; errors?: { message: string; extensions: object }[] };
  }

  it('admits a query with a valid token and injects the caller', async () => {
    const token = server.guard.login('query', { userId: 'u-7' });
    expect(await send('{ me }', token)).toEqual({ data: { me: 'u-7' } });
  });

  it('opens public fields to everyone', async () => {
    expect(await send('{ name }')).toEqual({ data: { name: 'prices' } });
  });

  it('refuses with the code and the reason as extensions', async () => {
    const token = server.guard.login('ended');
    server.guard.end(token, 'password_changed');
    const { data, errors } = await send('{ me }', token);
    expect(data).toBeNull();
    expect(errors).toEqual([
      expect.objectContaining({
        message: 'The session was revoked',
        path: ['me'],
        extensions: expect.objectContaining({
          code: 'session_revoked',
          reason: 'password_changed',
          status: 401,
        }),
      }),
    ]);
  });

  it('refuses a mutation without the role', async () => {
    const { errors } = await send('mutation { setPrice(price: 3) }', server.guard.login('no admin'));
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'insufficient_role', status: 403 });
  });

  describe('subscriptions', () => {
    const clients: Client[] = [];
    afterEach(async () => {
      await Promise.all(clients.splice(0).map((client) => client.dispose()));
      await waitUntil('the subscriptions to end', () => prices.listeners === 0);
    });

    interface Options {
      readonly connectionParams?: Record<string, unknown>;
      readonly headers?: Record<string, string>;
    }

    /** Subscribes over one connection, which is not opened again. */
    function subscribe({ connectionParams, headers = {} }: Options) {
      const closed: { code: number; reason: string }[] = [];
      class WithHeaders extends WebSocket {
        constructor(url: string, protocol: string) {
          super(url, protocol, { headers });
        }
      }
      const client = createClient({
        url: `${server.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WithHeaders,
        connectionParams,
        retryAttempts: 0,
        lazy: false,
        onNonLazyError: () => {},
        on: { closed: (event) => closed.push(event as { code: number; reason: string }) },
      });
      clients.push(client);
      const received: unknown[] = [];
      client.subscribe(
        { query: 'subscription { price }' },
        { next: (it) => received.push(it), error: () => {}, complete: () => {} },
      );
      return { received, closed };
    }

    const authorization = (token: string) => `Bearer ${token}`;

    it.each([
      [
        'the connection parameters',
        (token: string) => ({ connectionParams: { Authorization: authorization(token) } }),
      ],
      ['the headers', (token: string) => ({ headers: { authorization: authorization(token) } })],
    ])('are admitted with the token of %s', async (_, options) => {
      const subscription = subscribe(options(server.guard.login('listener')));
      await waitUntil('the subscription', () => prices.listeners > 0);
      prices.send({ price: 5 });
      await waitUntil('the price', () => subscription.received.length > 0);
      expect(subscription.received).toEqual([{ data: { price: 5 } }]);
    });

    it('end with their session: the connection closes with the reason and nothing more is delivered', async () => {
      const token = server.guard.login('ending');
      const params = { connectionParams: { authorization: authorization(token) } };
      const subscription = subscribe(params);
      await waitUntil('the subscription', () => prices.listeners > 0);
      server.guard.end(token, 'device_removed');
      prices.send({ price: 6 });
      await waitUntil('the connection to close', () => subscription.closed.length > 0);
      expect(subscription.closed[0]).toMatchObject({
        code: 4401,
        reason: '{"code":"session_revoked","reason":"device_removed"}',
      });
      expect(subscription.received).toEqual([]);
    });

    it('are refused with the code and the reason when the session has ended before', async () => {
      const token = server.guard.login('ended before');
      server.guard.end(token, 'logout');
      const { received } = subscribe({ connectionParams: { authorization: authorization(token) } });
      await waitUntil('the error', () => received.length > 0);
      expect(received).toMatchObject([
        { errors: [{ extensions: { code: 'session_revoked', reason: 'logout' } }] },
      ]);
    });

    it('are refused without a token', async () => {
      const { received } = subscribe({});
      await waitUntil('the error', () => received.length > 0);
      expect(received).toMatchObject([{ errors: [{ extensions: { code: 'invalid_token' } }] }]);
    });

    it('are tracked once for each connection, and not any more when the client has left', async () => {
      subscribe({ connectionParams: { authorization: authorization(server.guard.login('leaving')) } });
      await waitUntil('the subscription', () => prices.listeners > 0);
      expect(server.guard.openStreams).toBe(1);
      await clients.splice(0)[0]?.dispose();
      await waitUntil('the stream to be released', () => server.guard.openStreams === 0);
    });
  });
});
