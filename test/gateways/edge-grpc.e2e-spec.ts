import { Client, credentials, type ServiceDefinition } from '@grpc/grpc-js';
import { type CheckResponse, extAuthzService } from '../../packages/guard/src/edge/grpc/ext-authz.js';
import { type GrpcEndpoint, startGrpcEndpoint } from '../../packages/guard/src/edge/grpc/grpc-endpoint.js';
import { startTestEdge, type TestEdge } from '../support/gateways/test-edge.js';

/**
 * A CheckRequest as Envoy's own definitions encode it: GET https://app.example.com/orders?page=2 from 192.0.2.7 with
 * `Bearer token-1`, `User-Agent: phone/1`, `latchkey_user: evil`, and the extension `role: admin, editor`.
 */
const FROM_ENVOY =
  'CvcBCh4KEAoOEgkxOTIuMC4yLjcY5yQiCnNwaWZmZTovL3gSEgoQCg4SCTE5Mi4wLjIuOBi7AyKpAQoCCAESogEKATESA0dFVBoOCgc6bWV0' +
  'aG9kEgNHRVQaHwoNYXV0aG9yaXphdGlvbhIOQmVhcmVyIHRva2VuLTEaFQoKdXNlci1hZ2VudBIHcGhvbmUvMRoVCg1sYXRjaGtleV91c2Vy' +
  'EgRldmlsIg4vb3JkZXJzP3BhZ2U9MioPYXBwLmV4YW1wbGUuY29tMgVodHRwc0j///////////8BUgZIVFRQLzJSFQoEcm9sZRINYWRtaW4s' +
  'IGVkaXRvcg==';
/** Encoded answers: 200 with `latchkey-user: u` and an empty `latchkey-roles`, and 403 with the body `{}`. */
const GRANT = 'CgQIABIAGjQSGAoSCg1sYXRjaGtleS11c2VyEgF1EgIIABIYChIKDmxhdGNoa2V5LXJvbGVzEgASAggA';
const DENIAL = 'CgQIBxIAEioKAwiTAxIfChkKDWNhY2hlLWNvbnRyb2wSCG5vLXN0b3JlEgIIABoCe30=';
const PATH = '/envoy.service.auth.v3.Authorization/Check';

type Headers = Record<string, string>;

let test: TestEdge;
let client: Client;
let service: ServiceDefinition;

beforeAll(async () => {
  service = await extAuthzService();
  test = await startTestEdge({ grpcPort: 0, cookie: 'access', origins: ['https://app.example.com'] });
  client = new Client(`127.0.0.1:${test.edge.grpcPort}`, credentials.createInsecure());
});

beforeEach(() => {
  test.guard.checks.length = 0;
  test.guard.override = null;
});

afterAll(async () => {
  client.close();
  await test.edge.stop();
  expect(test.faults).toEqual([]);
});

function sendBytes(bytes: Buffer, to = client): Promise<Buffer> {
  const same = (buffer: Buffer) => buffer;
  return new Promise((resolve, reject) => {
    to.makeUnaryRequest(PATH, same, same, bytes, (error, value) =>
      error ? reject(error) : resolve(value as Buffer),
    );
  });
}

async function check(headers: Headers, extensions: Headers = {}, http: object = {}): Promise<CheckResponse> {
  const method = service.Check as NonNullable<ServiceDefinition[string]>;
  const request = {
    attributes: {
      source: { address: { socketAddress: { address: '192.0.2.7' } } },
      request: {
        http: { method: 'GET', scheme: 'https', host: 'app.example.com', path: '/', headers, ...http },
      },
      contextExtensions: extensions,
    },
  };
  return method.responseDeserialize(await sendBytes(method.requestSerialize(request))) as CheckResponse;
}

const granted = ({ okResponse }: CheckResponse): Headers =>
  Object.fromEntries((okResponse?.headers ?? []).map(({ header }) => [header.key, header.value]));
const denied = ({ deniedResponse }: CheckResponse) => ({
  status: deniedResponse?.status.code,
  headers: Object.fromEntries(
    (deniedResponse?.headers ?? []).map(({ header }) => [header.key, header.value]),
  ),
  problem: JSON.parse(deniedResponse?.body ?? 'null') as unknown,
});
const bearer = (token = test.guard.login()) => ({ authorization: `Bearer ${token}` });

describe("Envoy's ext_authz", () => {
  it('replaces every identity header of the client', async () => {
    const answer = await check({ ...bearer(), 'latchkey-user': 'evil', 'latchkey-roles': 'admin' });
    expect(answer.status.code).toBe(0);
    expect(granted(answer)).toMatchObject({
      'latchkey-user': '019b0000-0000-7000-8000-000000000001',
      'latchkey-roles': '',
      'latchkey-assertion': expect.stringMatching(/^ey/),
    });
    expect(answer.okResponse?.headers.map(({ append }) => append.value)).toEqual(Array(7).fill(false));
  });

  it('denies with the status, challenge and problem of the HTTP endpoint', async () => {
    const token = test.guard.login();
    test.guard.revoke(token, 'logout');
    const answer = await check(bearer(token));
    expect(answer.status.code).toBe(16);
    expect(denied(answer)).toMatchObject({
      status: 401,
      headers: {
        'www-authenticate': expect.stringContaining('invalid_token'),
        'content-type': 'application/problem+json',
      },
      problem: { code: 'session_revoked', reason: 'logout' },
    });
  });

  it('takes demands from the context extensions, and from nothing else', async () => {
    const headers = { ...bearer(), 'x-forwarded-uri': '/?role=', 'x-envoy-original-path': '/' };
    expect(denied(await check(headers, { role: 'admin, auditor' }, { path: '/?role=x' }))).toMatchObject({
      status: 403,
      problem: { code: 'insufficient_role' },
    });
    const auditor = bearer(test.guard.login({ roles: ['auditor'] }));
    expect((await check(auditor, { role: 'admin, auditor', max_age: '300' })).status.code).toBe(0);
    expect((await check(auditor, {}, { path: '/?role=admin' })).status.code).toBe(0);
    expect(denied(await check(auditor, { roles: 'admin' }))).toMatchObject({ status: 400 });
  });

  it('knows the method and the address of the page', async () => {
    const navigation = { 'sec-fetch-mode': 'navigate', 'x-forwarded-host': 'evil.example' };
    expect(denied(await check(navigation, {}, { path: '/a?b=c' })).status).toBe(401);
    const cookie = `access=${test.guard.login()}`;
    const evil = { cookie, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect((await check(evil)).status.code).toBe(0);
    expect(denied(await check(evil, {}, { method: 'POST' }))).toMatchObject({ status: 403 });
    expect(
      denied(await check({ ...evil, 'x-forwarded-method': 'GET' }, {}, { method: 'POST' })),
    ).toMatchObject({
      status: 403,
    });
  });

  it('redirects a person who opens a page', async () => {
    const answer = await check({ 'sec-fetch-mode': 'navigate' }, { sign_in: '1' }, { path: '/a?b=c' });
    expect(denied(answer)).toMatchObject({
      status: 302,
      headers: {
        location: `https://login.example.com/?return_to=${encodeURIComponent('https://app.example.com/a?b=c')}`,
      },
    });
  });

  it('reports the address that Envoy sees, whatever X-Forwarded-For says', async () => {
    const token = test.guard.login();
    await check({ ...bearer(token), 'x-forwarded-for': '6.6.6.6', 'user-agent': 'phone/1' });
    expect(test.guard.checks).toEqual([{ token, client: { address: '192.0.2.7', userAgent: 'phone/1' } }]);
  });

  it('reads raw headers', async () => {
    const { authorization } = bearer();
    const headerMap = (...keys: string[]) => ({
      headers: {},
      headerMap: { headers: keys.map((key) => ({ key, rawValue: Buffer.from(authorization) })) },
    });
    expect((await check({}, {}, headerMap('authorization'))).status.code).toBe(0);
    expect(denied(await check({}, {}, headerMap('authorization', 'authorization')))).toMatchObject({
      status: 401,
    });
    expect(denied(await check({}, {}, headerMap('authorization', 'latchkey_user')))).toMatchObject({
      status: 403,
    });
  });

  it('denies what has no HTTP attributes, and what is not decided in time', async () => {
    const method = service.Check as NonNullable<ServiceDefinition[string]>;
    const empty = method.responseDeserialize(await sendBytes(Buffer.alloc(0))) as CheckResponse;
    expect(denied(empty)).toMatchObject({ status: 400 });
    test.guard.override = () => new Promise(() => {});
    expect(denied(await check(bearer()))).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  });
});

describe('the encoding', () => {
  let endpoint: GrpcEndpoint | null;
  let other: Client;
  const asked: unknown[] = [];

  beforeAll(async () => {
    const answer = { status: 200, headers: { 'latchkey-user': 'u', 'latchkey-roles': '' }, body: '' };
    const settings = {
      grpcPort: 0,
      grpcSocket: undefined,
      host: '127.0.0.1',
      socketMode: 0o600,
      forwardedHops: 1,
    };
    const fixed = {
      answer: async (request: unknown) => {
        asked.push(request);
        return asked.length === 1
          ? answer
          : { status: 403, headers: { 'cache-control': 'no-store' }, body: '{}' };
      },
    };
    endpoint = await startGrpcEndpoint(fixed, settings);
    other = new Client(`127.0.0.1:${endpoint?.port}`, credentials.createInsecure());
  });

  afterAll(async () => {
    other.close();
    await endpoint?.stop(1_000);
  });

  it("is that of Envoy's own definitions", async () => {
    const grant = await sendBytes(Buffer.from(FROM_ENVOY, 'base64'), other);
    expect(asked[0]).toMatchObject({
      query: 'role=admin&role=editor',
      method: 'GET',
      target: { scheme: 'https', host: 'app.example.com', uri: '/orders?page=2' },
      client: { address: '192.0.2.7', userAgent: 'phone/1' },
      headers: { authorization: 'Bearer token-1', latchkey_user: 'evil' },
    });
    const denial = await sendBytes(Buffer.from(FROM_ENVOY, 'base64'), other);
    expect([grant.toString('base64'), denial.toString('base64')]).toEqual([GRANT, DENIAL]);
  });
});
