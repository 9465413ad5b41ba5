import {
  type ClientDuplexStream,
  credentials,
  type handleBidiStreamingCall,
  type handleUnaryCall,
  Metadata,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { latchkey, principalOf } from '@latchkey/guard/grpc';
import { ConnectedGuards } from './connected-guards.js';
import { ProtocolService } from './protocol-service.js';

const serialize = (value: unknown) => Buffer.from(JSON.stringify(value));
const deserialize = (bytes: Buffer) => JSON.parse(bytes.toString());
const method = (path: string, isStream = false) => ({
  path,
  requestStream: isStream,
  responseStream: isStream,
  ...{ requestSerialize: serialize, responseSerialize: serialize },
  ...{ requestDeserialize: deserialize, responseDeserialize: deserialize },
});
const definition: ServiceDefinition = {
  whoAmI: method('/test.Test/WhoAmI'),
  open: method('/test.Test/Open'),
  admin: method('/test.Test/Admin'),
  echo: method('/test.Test/Echo', true),
};
const Client = makeGenericClientConstructor(definition, 'Test');

let service: ProtocolService;
let guards: ConnectedGuards;
let server: Server;
let client: InstanceType<typeof Client>;
const echoed: unknown[] = [];

const whoAmI: handleUnaryCall<object, object> = (call, respond) => respond(null, principalOf(call));
const open: handleUnaryCall<object, object> = (_, respond) => respond(null, { open: true });
const echo: handleBidiStreamingCall<object, object> = (call) => {
  call.write({ caller: principalOf(call) });
  call.on('data', (message) => {
    echoed.push(message);
    call.write(message);
  });
  call.on('end', () => call.end());
};

beforeAll(async () => {
  service = await ProtocolService.start();
  guards = new ConnectedGuards(service);
  const methods = { '/test.Test/Open': { public: true }, '/test.Test/Admin': { roles: ['admin'] } };
  server = new Server({ interceptors: [latchkey({ guard: await guards.connect(), methods })] });
  server.addService(definition, { whoAmI, open, admin: open, echo });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
});

afterAll(async () => {
  client.close();
  server.forceShutdown();
  await guards.close();
  await service.die();
});

function bearer(token?: string): Metadata {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

/** The answer, or the error. */
function call(name: string, token?: string): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    const act = client[name] as (...parts: unknown[]) => void;
    act.call(client, {}, bearer(token), (error: ServiceError | null, answer: Record<string, unknown>) =>
      resolve(error ? { ...describeError(error) } : answer),
    );
  });
}

const describeError = ({ code, metadata }: ServiceError) => ({ code, ...metadata.getMap() });

async function openStream() {
  const echoing = (client.echo as (metadata: Metadata) => ClientDuplexStream<object, object>)(
    bearer(await service.token()),
  );
  const ended = new Promise<object>((resolve) =>
    echoing.on('error', (error) => resolve(describeError(error as ServiceError))),
  );
  const { caller } = await new Promise<{ caller: { sessionId: string } }>((resolve) =>
    echoing.once('data', resolve),
  );
  return { echoing, ended, ...caller };
}

describe('the gRPC interceptor', () => {
  it('requires a token', async () => {
    const expected = { code: status.UNAUTHENTICATED, 'latchkey-code': 'invalid_token' };
    expect(await call('whoAmI')).toMatchObject(expected);
    expect(await call('whoAmI', 'garbage')).toMatchObject(expected);
  });

  it('gives the caller to the handler', async () => {
    const token = await service.token();
    for (let time = 0; time < 2; time++) {
      expect(await call('whoAmI', token)).toMatchObject({ roles: ['user'], amr: ['pwd'] });
    }
  });

  it('opens public methods, and requires the roles of others', async () => {
    expect(await call('open')).toEqual({ open: true });
    expect(await call('admin', await service.token())).toMatchObject({
      code: status.PERMISSION_DENIED,
      'latchkey-code': 'insufficient_role',
    });
    expect(await call('admin', await service.token({ roles: ['admin'] }))).toEqual({ open: true });
  });

  it('names the reason of an end', async () => {
    const token = await service.token();
    const { sessionId } = await call('whoAmI', token);
    await service.revoke([{ sessionId: String(sessionId), reason: 'terminated' }]);
    expect(await call('whoAmI', token)).toMatchObject({
      code: status.UNAUTHENTICATED,
      'latchkey-code': 'session_revoked',
      'latchkey-reason': 'terminated',
    });
  });

  it('ends a stream with its session, and delivers nothing of it afterwards', async () => {
    const { echoing, ended, sessionId } = await openStream();
    echoing.write({ said: 'before' });
    await new Promise((resolve) => echoing.once('data', resolve));
    await service.revoke([{ sessionId, reason: 'logout' }]);
    echoing.write({ said: 'after' });
    expect(await ended).toMatchObject({
      code: status.UNAUTHENTICATED,
      'latchkey-code': 'session_revoked',
      'latchkey-reason': 'logout',
    });
    expect(echoed).toEqual([{ said: 'before' }]);
  });
});
