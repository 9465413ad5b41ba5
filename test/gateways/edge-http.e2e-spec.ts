import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { HttpClient } from '../support/gateways/http-client.js';
import { startTestEdge, type TestEdge } from '../support/gateways/test-edge.js';
import { sendRaw } from '../support/raw-http.js';

let test: TestEdge;
let client: HttpClient;
const port = () => test.edge.port ?? 0;

beforeAll(async () => {
  test = await startTestEdge({ cookie: 'access' });
  client = new HttpClient(`http://127.0.0.1:${port()}`);
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

const bearer = (token = test.guard.login()) => ({ authorization: `Bearer ${token}` });

describe('GET /check', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'SEARCH'])(
    'answers %s alike',
    async (method) => {
      expect(await client.send('/check', { method, headers: bearer() })).toMatchObject({
        status: 200,
        body: '',
      });
      expect(await client.send('/check', { method })).toMatchObject({ status: 401 });
    },
  );

  it('writes every identity header, also an empty one', async () => {
    const { text } = await sendRaw(
      port(),
      `GET /check HTTP/1.1\r\nHost: x\r\nAuthorization: ${bearer().authorization}\r\n\r\n`,
    );
    expect(text).toMatch(/\r\nlatchkey-roles: ?\r\n/);
    expect(text).toMatch(/\r\nlatchkey-user: 019b/);
  });

  it('answers before a body has arrived, and takes the next request after it', async () => {
    const { authorization } = bearer();
    const head = `POST /check HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n`;
    const waiting = await sendRaw(port(), `${head}Content-Length: 1000\r\n\r\n`);
    expect(waiting).toMatchObject({ status: 200, closed: false });
    const chunked = await sendRaw(port(), `${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
    expect(chunked).toMatchObject({ status: 200, closed: false });
    const two = await sendRaw(
      port(),
      `${head}Content-Length: 5\r\n\r\nhelloGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    expect(two.text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  });

  it('does not ask a client that expects 100 for its body, and closes the connection', async () => {
    const head = 'POST /check HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n';
    const refused = await sendRaw(port(), `${head}\r\n`);
    expect(refused).toMatchObject({ status: 401, closed: true });
    const granted = await sendRaw(port(), `${head}Authorization: ${bearer().authorization}\r\n\r\n`);
    expect(granted).toMatchObject({ status: 200, closed: true });
    const other = await sendRaw(port(), 'GET /check HTTP/1.1\r\nHost: x\r\nExpect: something\r\n\r\n');
    expect(other).toMatchObject({ status: 401, closed: true });
  });

  it('reads what follows a request with too many headers, so that the gateway receives the answer', async () => {
    const gateway = connect(port(), '127.0.0.1');
    const errors: Error[] = [];
    let text = '';
    gateway.on('error', (error) => errors.push(error));
    gateway.setEncoding('latin1').on('data', (part: string) => {
      text += part;
    });
    gateway.write(`GET /check HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(8_000_000)}`);
    await once(gateway, 'close');
    expect([text.split('\r\n')[0], errors]).toEqual(['HTTP/1.1 431 Request Header Fields Too Large', []]);
    expect(await sendRaw(port(), 'no request\r\n\r\n')).toMatchObject({ status: 400, closed: true });
  });

  it('reads every header, however many a client has sent before', async () => {
    const many = Array.from({ length: 5_000 }, (_, n) => `B${n}:\r\n`).join('');
    const head = `GET /check HTTP/1.1\r\nHost: x\r\n${many}Authorization: ${bearer().authorization}\r\n`;
    expect((await sendRaw(port(), `${head}\r\n`)).status).toBe(200);
    expect(await sendRaw(port(), `${head}Latchkey_User: admin\r\n\r\n`)).toMatchObject({
      status: 403,
      body: expect.stringContaining('"identity_header_rejected"'),
    });
  });

  it('refuses two Authorization headers, whichever comes first', async () => {
    const { authorization } = bearer();
    for (const lines of [
      `Authorization: ${authorization}\r\nAuthorization: Bearer x\r\n`,
      `Authorization: Basic eDp4\r\nAuthorization: ${authorization}\r\n`,
    ]) {
      expect(await sendRaw(port(), `GET /check HTTP/1.1\r\nHost: x\r\n${lines}\r\n`)).toMatchObject({
        status: 401,
      });
    }
    expect(test.guard.checks).toEqual([]);
  });

  it('reports the last address of X-Forwarded-For, and the user agent', async () => {
    const headers = { ...bearer('t'), 'x-forwarded-for': '6.6.6.6, 192.0.2.1', 'user-agent': 'phone/1' };
    await client.send('/check', { headers });
    expect(test.guard.checks).toEqual([
      { token: 't', client: { address: '192.0.2.1', userAgent: 'phone/1' } },
    ]);
  });

  it('takes demands from its own query, and from nothing else', async () => {
    const headers = { ...bearer(), 'x-forwarded-uri': '/?role=admin', 'x-original-url': '/?max_age=1' };
    expect(await client.send('/check', { headers })).toMatchObject({ status: 200 });
    expect(await client.send('/check?role=admin', { headers })).toMatchObject({ status: 403 });
    expect(await client.send('/check?roles=admin', { headers })).toMatchObject({ status: 400 });
    expect(await client.send('/check?role=admin?max_age=1', { headers })).toMatchObject({ status: 403 });
  });

  it('treats a cookie like a request of unknown method unless the gateway names the method', async () => {
    const cookie = `access=${test.guard.login()}`;
    const evil = { cookie, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect(await client.send('/check', { headers: evil })).toMatchObject({ status: 403 });
    const named = { ...evil, 'x-forwarded-method': 'GET' };
    expect(await client.send('/check', { headers: named })).toMatchObject({ status: 200 });
    const post = { ...evil, 'x-forwarded-method': 'POST' };
    expect(await client.send('/check', { headers: post })).toMatchObject({ status: 403 });
  });

  it('answers 503 if nothing is decided, and is usable afterwards', async () => {
    test.guard.override = () => new Promise(() => {});
    const answer = await client.send('/check', { headers: bearer() });
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    test.guard.override = null;
    expect(await client.send('/check', { headers: bearer() })).toMatchObject({ status: 200 });
  });

  it('is not served under another path', async () => {
    for (const path of ['/', '/check/', '/check/x', '//check', '/Check', '/check%2f']) {
      expect(await client.send(path, { headers: bearer() })).toMatchObject({ status: 404 });
    }
  });
});

describe('GET /healthz', () => {
  it('is 200 with a lease and 503 without one', async () => {
    expect(await client.send('/healthz')).toMatchObject({ status: 200 });
    test.guard.isReady = false;
    expect(await client.send('/healthz')).toMatchObject({ status: 503 });
    test.guard.isReady = true;
  });
});

describe('assertions', () => {
  const pem = (key: ReturnType<typeof generateKeyPairSync>) =>
    (key as { privateKey: { export(options: object): string } }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
  const ed25519 = pem(generateKeyPairSync('ed25519'));
  const p256 = pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }));

  it.each([
    ['EdDSA', [ed25519, p256]],
    ['ES256', [p256]],
  ])(
    'are signed with the first of the given keys (%s), by every edge that has it',
    async (alg, assertionKeys) => {
      const edges = await Promise.all([startTestEdge({ assertionKeys }), startTestEdge({ assertionKeys })]);
      const [one, two] = edges.map(({ edge }) => `http://127.0.0.1:${edge.port}`) as [string, string];
      const answer = await fetch(`${one}/check`, { headers: bearer(edges[0]?.guard.login()) });
      const assertion = answer.headers.get('latchkey-assertion') ?? '';
      const keys = createRemoteJWKSet(new URL(`${two}/.well-known/jwks.json`));
      const { payload } = await jwtVerify(assertion, keys, {
        audience: 'orders',
        typ: 'latchkey-assertion+jwt',
      });
      expect(Number(payload.exp) - Number(payload.iat)).toBe(60);
      expect(decodeProtectedHeader(assertion).alg).toBe(alg);
      await Promise.all(edges.map(({ edge }) => edge.stop()));
    },
  );

  it('publishes no private key', async () => {
    const { body } = await client.send('/.well-known/jwks.json');
    expect(JSON.parse(body)).toEqual({
      keys: [
        expect.objectContaining({
          kty: 'EC',
          crv: 'P-256',
          use: 'sig',
          alg: 'ES256',
          kid: expect.any(String),
        }),
      ],
    });
    expect(body).not.toContain('"d"');
  });

  it.each([
    'not a key',
    pem(generateKeyPairSync('rsa', { modulusLength: 2048 })),
    pem(generateKeyPairSync('x25519')),
  ])('refuses to start with another key', async (key) => {
    await expect(startTestEdge({ assertionKeys: [key] })).rejects.toThrow(/key/);
  });
});
