import { fileURLToPath } from 'node:url';
import {
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServerDuplexStream,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { Controller, type INestMicroservice } from '@nestjs/common';
import {
  GrpcMethod,
  GrpcStreamCall,
  GrpcStreamMethod,
  type MicroserviceOptions,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { finalize, map, type Observable, Subject, toArray } from 'rxjs';
import { CurrentUser, LatchkeyModule, type Principal, Public, Roles } from '../../packages/guard/src/nest.js';
import { MemoryGuard } from '../../packages/guard/testing/memory-guard.js';
import { freePort } from '../support/free-port.js';
import { waitUntil } from '../support/wait-until.js';

const PROTO = fileURLToPath(new URL('./orders.proto', import.meta.url));

interface Order {
  readonly text: string;
}

const changes = new Subject<Order>();
let watching = 0;
let rawCalls = 0;
const failures: unknown[] = [];

@Controller()
class OrdersController {
  @GrpcMethod('Orders', 'Get')
  get(@Payload() { text }: Order, @CurrentUser() user: Principal): Order {
    return { text: `${user.userId}: ${text}` };
  }

  @Public()
  @GrpcMethod('Orders', 'Ping')
  ping(order: Order): Order {
    return order;
  }

  @Roles('admin')
  @GrpcMethod('Orders', 'Clear')
  clear(order: Order): Order {
    return order;
  }

  @GrpcMethod('Orders', 'Watch')
  watch(): Observable<Order> {
    watching += 1;
    return changes.pipe(finalize(() => (watching -= 1)));
  }

  @GrpcStreamMethod('Orders', 'Chat')
  chat(orders: Observable<Order>): Observable<Order> {
    orders.subscribe({ error: (error) => failures.push(error) });
    return orders.pipe(map(({ text }) => ({ text: `answer to ${text}` })));
  }

  @GrpcStreamCall('Orders', 'Raw')
  raw(call: ServerDuplexStream<Order, Order>): void {
    rawCalls += 1;
    call.on('data', (order: Order) => call.write(order));
    call.on('cancelled', () => (rawCalls -= 1));
  }

  @GrpcStreamMethod('Orders', 'Upload')
  upload(orders: Observable<Order>): Observable<Order> {
    return orders.pipe(
      toArray(),
      map(({ length }) => ({ text: String(length) })),
    );
  }
}

interface OrdersClient extends Client {
  get: Unary;
  ping: Unary;
  clear: Unary;
  watch(order: Order, metadata: Metadata): ClientReadableStream<Order>;
  chat(metadata: Metadata): ClientDuplexStream<Order, Order>;
  raw(metadata: Metadata): ClientDuplexStream<Order, Order>;
  upload(
    metadata: Metadata,
    done: (error: ServiceError | null, order?: Order) => void,
  ): ClientDuplexStream<Order, Order>;
}
type Unary = (
  order: Order,
  metadata: Metadata,
  done: (error: ServiceError | null, order?: Order) => void,
) => void;

describe('the guard in a Nest microservice with gRPC', () => {
  const guard = new MemoryGuard();
  let app: INestMicroservice;
  let client: OrdersClient;

  beforeAll(async () => {
    const url = `127.0.0.1:${await freePort()}`;
    const testing = await Test.createTestingModule({
      imports: [LatchkeyModule.forRoot({ guard })],
      controllers: [OrdersController],
    }).compile();
    app = testing.createNestMicroservice<MicroserviceOptions>({
      transport: Transport.GRPC,
      options: { url, package: 'shop', protoPath: PROTO },
      logger: false,
    });
    await app.listen();
    const { shop } = loadPackageDefinition(loadSync(PROTO)) as unknown as {
      shop: { Orders: new (...args: ConstructorParameters<typeof Client>) => OrdersClient };
    };
    client = new shop.Orders(url, credentials.createInsecure());
  });
  afterAll(async () => {
    client?.close();
    await app?.close();
  });

  function metadataOf(token?: string): Metadata {
    const metadata = new Metadata();
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    return metadata;
  }

  const call = (method: 'get' | 'ping' | 'clear', token?: string, text = 'x') =>
    new Promise<Order | undefined>((resolve, reject) => {
      client[method]({ text }, metadataOf(token), (error, order) => (error ? reject(error) : resolve(order)));
    });

  /** What a refusal says, in a form that is easy to compare. */
  const refusal = ({ code, details, metadata }: ServiceError) => ({
    code,
    details,
    reason: metadata.get('latchkey-reason')[0],
    error: metadata.get('latchkey-code')[0],
  });

  const REVOKED = {
    code: status.UNAUTHENTICATED,
    details: 'The session was revoked',
    error: 'session_revoked',
    reason: 'device_removed',
  };

  it.each([false, true])(
    'admits a call with a valid token and injects the caller; the check is slow: %s',
    async (isSlow) => {
      guard.isSlow = isSlow;
      const token = guard.login('caller', { userId: 'u-7' });
      expect(await call('get', token, 'hi')).toEqual({ text: 'u-7: hi' });
      guard.isSlow = false;
    },
  );

  it('refuses a call without a token, but not one to a public method', async () => {
    await expect(call('get')).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
    expect(await call('ping')).toEqual({ text: 'x' });
  });

  it('refuses with the reason why the session ended', async () => {
    const token = guard.login('ended');
    guard.end(token, 'device_removed');
    expect(refusal(await call('get', token).catch((error) => error))).toEqual(REVOKED);
  });

  it('refuses a call without the role, and one while the service cannot be reached', async () => {
    const token = guard.login('no admin');
    await expect(call('clear', token)).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
    guard.isReachable = false;
    await expect(call('get', token)).rejects.toMatchObject({ code: status.UNAVAILABLE });
    guard.isReachable = true;
  });

  it('does not report the peer, which is another service', () => {
    expect(guard.checked.every((check) => check.client === undefined)).toBe(true);
  });

  function collect(stream: ClientReadableStream<Order> | ClientDuplexStream<Order, Order>) {
    const received: Order[] = [];
    stream.on('data', (order: Order) => received.push(order));
    const failed = new Promise<ServiceError>((resolve) => stream.on('error', resolve));
    return { received, failed };
  }

  it('ends a stream of answers with its session, with the reason, and delivers nothing more', async () => {
    const token = guard.login('watcher');
    const { received, failed } = collect(client.watch({ text: '' }, metadataOf(token)));
    await waitUntil('the handler', () => watching > 0);
    changes.next({ text: 'before' });
    await waitUntil('an answer', () => received.length > 0);
    guard.end(token, 'device_removed');
    expect(watching).toBe(0);
    changes.next({ text: 'after' });
    expect(refusal(await failed)).toEqual(REVOKED);
    expect(received).toEqual([{ text: 'before' }]);
  });

  it('delivers nothing once the lease is over, even before the timer that closes streams has run', async () => {
    const { received, failed } = collect(client.watch({ text: '' }, metadataOf(guard.login('paused'))));
    await waitUntil('the handler', () => watching > 0);
    changes.next({ text: 'before' });
    await waitUntil('an answer', () => received.length > 0);
    guard.hasLease = false;
    changes.next({ text: 'after' });
    guard.hasLease = true;
    expect(await failed).toMatchObject({ code: status.UNAVAILABLE });
    expect(received).toEqual([{ text: 'before' }]);
  });

  it('ends a stream in both directions with its session, which its handler sees as the end of the messages', async () => {
    const token = guard.login('chatting');
    const stream = client.chat(metadataOf(token));
    const { received, failed } = collect(stream);
    stream.write({ text: 'one' });
    await waitUntil('an answer', () => received.length > 0);
    guard.end(token, 'device_removed');
    expect(refusal(await failed)).toEqual(REVOKED);
    expect([received, failures]).toEqual([[{ text: 'answer to one' }], []]);
  });

  it('ends a stream whose handler has the call itself', async () => {
    const token = guard.login('raw');
    const stream = client.raw(metadataOf(token));
    const { received, failed } = collect(stream);
    stream.write({ text: 'one' });
    await waitUntil('the handler', () => rawCalls > 0);
    stream.write({ text: 'two' });
    await waitUntil('an answer', () => received.length > 0);
    guard.end(token, 'device_removed');
    expect(refusal(await failed)).toEqual(REVOKED);
    expect(rawCalls).toBe(0);
  });

  it('ends a stream of messages that has not been answered', async () => {
    const token = guard.login('uploading');
    const failed = new Promise<ServiceError | null>((resolve) => {
      client.upload(metadataOf(token), resolve).write({ text: 'one' });
    });
    await waitUntil('the stream', () => guard.openStreams > 0);
    guard.end(token, 'device_removed');
    expect(refusal((await failed) as ServiceError)).toEqual(REVOKED);
  });

  it('refuses to open a stream when the session has ended', async () => {
    const token = guard.login('too late');
    guard.end(token, 'device_removed');
    const streams = [
      client.watch({ text: '' }, metadataOf(token)),
      client.chat(metadataOf(token)),
      client.raw(metadataOf(token)),
    ];
    const failures = await Promise.all(streams.map((stream) => collect(stream).failed));
    expect(failures.map(refusal)).toEqual([REVOKED, REVOKED, REVOKED]);
  });

  it('stops tracking a stream when it is over', async () => {
    const token = guard.login('leaving');
    const watch = client.watch({ text: '' }, metadataOf(token)).on('error', () => {});
    const upload = await new Promise<Order | undefined>((resolve, reject) => {
      const stream = client.upload(metadataOf(token), (error, order) =>
        error ? reject(error) : resolve(order),
      );
      stream.write({ text: 'one' });
      stream.end();
    });
    expect(upload).toEqual({ text: '1' });
    watch.cancel();
    await waitUntil('the streams to be released', () => guard.openStreams === 0);
  });
});
