import { posix } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { IDENTITY_HEADERS } from '../../../packages/access-token/src/forward-auth/identity-headers.js';
import { MissingProgram } from '../programs.js';
import { sendRaw } from '../raw-http.js';
import { EchoApp, type EchoedRequest } from './echo-app.js';
import type { Gateway, GatewayParts } from './gateway.js';
import { HttpClient, type HttpRequest } from './http-client.js';
import { startTestEdge, type TestEdge } from './test-edge.js';

/** A gateway program and how to start it with its example. */
export interface GatewayKind {
  readonly name: string;
  /** @throws {MissingProgram} */
  find(): Promise<string>;
  create(program: string, parts: GatewayParts): Gateway;
}

const NAMES = [...IDENTITY_HEADERS, 'latchkey-assertion'];
const EVIL = 'evil-value';
const ADMIN_PATHS = [
  ...['/admin', '/admin/', '/admin/users', '/admin?x', '//admin/users', '/./admin/users', '/%61dmin/users'],
  ...['/public/../admin/users', '/public/%2e%2e/admin/users', '/public/..%2fadmin/users'],
];

/** What must hold behind every gateway that runs with its example configuration. */
export async function describeGateway(kind: GatewayKind): Promise<void> {
  const program = await findOrReport(kind);
  // Without the program, the tests are listed as skipped.
  const describeIfFound = program === null ? describe.skip : describe;

  describeIfFound(`behind ${kind.name}`, () => {
    let app: EchoApp;
    let test: TestEdge;
    let gateway: Gateway;
    let client: HttpClient;

    beforeAll(async () => {
      app = await EchoApp.start();
      test = await startTestEdge();
      gateway = kind.create(program ?? '', { app: app.address, edge: `127.0.0.1:${test.edge.port}` });
      await gateway.start();
      client = new HttpClient(gateway.url);
    });

    afterAll(async () => {
      client.close();
      await gateway.dispose();
      await test.edge.stop();
      await app.stop();
    });

    beforeEach(() => {
      app.requests.length = 0;
      test.guard.checks.length = 0;
    });

    afterEach(() => {
      expect(test.faults).toEqual([]);
    });

    const withToken = (token: string, request: HttpRequest = {}): HttpRequest => ({
      ...request,
      headers: { authorization: `Bearer ${token}`, ...request.headers },
    });
    const lastRequest = () => app.requests.at(-1) as EchoedRequest;

    it('an application sees who the caller is', async () => {
      const token = test.guard.login({ roles: ['admin', 'editor'] });
      const answer = await client.send('/orders?page=2', withToken(token));
      expect(answer.status).toBe(200);
      expect(app.requests).toHaveLength(1);
      const { url, headers } = lastRequest();
      expect(url).toBe('/orders?page=2');
      expect(headers).toMatchObject({
        'latchkey-user': '019b0000-0000-7000-8000-000000000001',
        'latchkey-device': '019b0000-0000-7000-8000-000000000003',
        'latchkey-roles': 'admin,editor',
        'latchkey-amr': 'pwd',
      });
      const keys = createRemoteJWKSet(new URL(`http://127.0.0.1:${test.edge.port}/.well-known/jwks.json`));
      const expected = { audience: 'orders', issuer: 'latchkey-edge' };
      const { payload } = await jwtVerify(String(headers['latchkey-assertion']), keys, expected);
      expect(payload).toMatchObject({ sid: headers['latchkey-session'], roles: ['admin', 'editor'] });
    });

    it('a request without a token gets the challenge and the problem', async () => {
      const answer = await client.send('/orders');
      expect(answer).toMatchObject({
        status: 401,
        headers: {
          'www-authenticate': 'Bearer realm="latchkey"',
          'content-type': 'application/problem+json',
          'cache-control': 'no-store',
        },
      });
      expect(JSON.parse(answer.body)).toMatchObject({ status: 401, code: 'invalid_token' });
      expect(app.requests).toEqual([]);
    });

    it('the request after a revoke is refused with the reason, on the same connection', async () => {
      const token = test.guard.login();
      const granted = await client.send('/orders', withToken(token));
      test.guard.revoke(token, 'logout');
      const refused = await client.send('/orders', withToken(token));
      expect([granted.status, refused.status]).toEqual([200, 401]);
      expect(refused.localPort).toBe(granted.localPort);
      expect(refused.headers['www-authenticate']).toContain('error="invalid_token"');
      expect(JSON.parse(refused.body)).toMatchObject({ code: 'session_revoked', reason: 'logout' });
    });

    it('a person who opens a page is redirected to the sign-in page, and returns from it', async () => {
      const headers = { 'sec-fetch-mode': 'navigate', host: 'app.example.com' };
      const answer = await client.send('/orders?page=2&x=%26', { headers });
      expect(answer.status).toBe(302);
      const location = new URL(answer.headers.location ?? '');
      expect(location.origin).toBe('https://login.example.com');
      expect(location.searchParams.get('return_to')).toBe('http://app.example.com/orders?page=2&x=%26');
    });

    it.each<Record<string, string>>([
      { host: 'evil.example' },
      { host: 'evil.example', 'x-forwarded-host': 'app.example.com' },
      { host: 'app.example.com', 'x-forwarded-host': 'evil.example' },
      { host: 'app.example.com', 'x-forwarded-uri': '//evil.example/' },
      { host: 'app.example.com', 'x-forwarded-proto': 'javascript' },
    ])('never returns to another site: %j', async (sent) => {
      const headers = { 'sec-fetch-mode': 'navigate', ...sent };
      const answer = await client.send('/orders', { headers });
      const returnTo = new URL(answer.headers.location ?? '').searchParams.get('return_to');
      const isForeign = sent.host === 'evil.example';
      expect(returnTo).toBe(isForeign ? null : 'http://app.example.com/orders');
    });

    it('each location has its own demands', async () => {
      const user = test.guard.login();
      const admin = test.guard.login({ roles: ['admin'] });
      const old = test.guard.login({ roles: ['admin'], authenticatedAt: Date.now() - 3_700_000 });
      const refused = await client.send('/admin/users', withToken(user));
      expect(refused).toMatchObject({ status: 403, headers: { 'content-type': 'application/problem+json' } });
      expect(JSON.parse(refused.body)).toMatchObject({ code: 'insufficient_role' });
      const late = await client.send('/admin/users', withToken(old));
      expect(JSON.parse(late.body)).toMatchObject({ code: 'reauthentication_required', max_age: 3600 });
      expect(await client.send('/admin/users', withToken(admin))).toMatchObject({ status: 200 });
      expect(await client.send('/public/logo')).toMatchObject({ status: 200 });
      expect(await client.send('/publicity')).toMatchObject({ status: 401 });
    });

    it.each(ADMIN_PATHS)('demands the role for %s', async (path) => {
      const answer = await client.send(path, withToken(test.guard.login()));
      // The application may get another path, which is not that of an administrator either after resolving it.
      const isOtherPath = answer.status === 200 && !resolved(lastRequest().url).startsWith('/admin');
      expect([400, 403, 404].includes(answer.status) || isOtherPath).toBe(true);
    });

    it.each(['/admin/../public/logo', '/admin/%2e%2e/public/logo', '/admin/./../public/logo'])(
      'does not let %s pass as public to an application that does not resolve paths',
      async (path) => {
        const { status } = await client.send(path);
        if (status === 200) expect(lastRequest().url).not.toMatch(/^\/admin/);
        else expect([400, 401, 403, 404]).toContain(status);
      },
    );

    it('the client cannot choose the demands', async () => {
      const headers = {
        'x-forwarded-uri': '/public/logo?role=',
        'x-original-url': '/public/logo',
        'x-original-uri': '/public/logo',
        'x-rewrite-url': '/public/logo',
        'x-forwarded-method': 'OPTIONS',
      };
      const token = test.guard.login();
      const answer = await client.send('/admin/users?role=x', withToken(token, { headers }));
      expect(answer).toMatchObject({ status: 403 });
      expect(await client.send('/orders', { headers })).toMatchObject({ status: 401 });
      expect(app.requests).toEqual([]);
    });

    it('the address of the client is the one that the gateway sees', async () => {
      const headers = {
        'x-forwarded-for': '192.0.2.66',
        'x-real-ip': '192.0.2.66',
        forwarded: 'for=192.0.2.66',
      };
      const token = test.guard.login();
      await client.send('/orders', withToken(token, { headers: { ...headers, 'user-agent': 'phone/1' } }));
      expect(test.guard.checks).toEqual([{ token, client: { address: '127.0.0.1', userAgent: 'phone/1' } }]);
      expect(lastRequest().headers['x-forwarded-for']).toBe('127.0.0.1');
      expect(lastRequest().headers['x-forwarded-proto']).toBe('http');
    });

    it('a request without a user agent is reported without one', async () => {
      const token = test.guard.login();
      await client.send('/orders', withToken(token));
      expect(test.guard.checks).toEqual([{ token, client: { address: '127.0.0.1' } }]);
    });

    describe('identity headers of the client', () => {
      const spellings = [
        ...NAMES,
        ...NAMES.map((name) => name.toUpperCase()),
        ...NAMES.map((name) => name.replaceAll('-', '_')),
        ...NAMES.map((name) => name.replace('-', '_')),
      ];

      it.each(spellings)('%s never reaches an application', async (name) => {
        const headers = { [name]: EVIL };
        const token = test.guard.login();
        const answers = [
          await client.send('/orders', withToken(token, { headers })),
          await client.send('/public/logo', { headers }),
          await client.send('/orders', { headers }),
        ];
        expect(JSON.stringify(app.requests)).not.toContain(EVIL);
        expect(answers.map(({ status }) => [200, 400, 403].includes(status))).toEqual([true, true, false]);
      });

      it('a name that only another release knows never reaches a protected location', async () => {
        for (const name of ['latchkey-future', 'Latchkey_Future']) {
          await client.send('/orders', withToken(test.guard.login(), { headers: { [name]: EVIL } }));
        }
        expect(JSON.stringify(app.requests)).not.toContain(EVIL);
      });

      it.each<[string, string]>([
        ['twice', `Latchkey-User: ${EVIL}\r\nLatchkey-User: ${EVIL}\r\n`],
        ['with a space before the colon', `Latchkey-User : ${EVIL}\r\n`],
        ['with a space before the name', ` Latchkey-User: ${EVIL}\r\n`],
        ['after a folded line', `X-Other: a\r\n\tLatchkey-User: b\r\nLatchkey-User: ${EVIL}\r\n`],
        ['after a bare line feed', `X-Other: a\nLatchkey-User: ${EVIL}\r\n`],
        ['after a bare carriage return', `X-Other: a\rLatchkey-User: ${EVIL}\r\n`],
        ['after a null byte', `X-Other: a\0\r\nLatchkey-User: ${EVIL}\r\n`],
        ['with a null byte in the name', `Latchkey-User\0: ${EVIL}\r\n`],
        [
          'in a trailer',
          `Transfer-Encoding: chunked\r\nTrailer: Latchkey-User\r\n\r\n0\r\nLatchkey-User: ${EVIL}\r\n`,
        ],
        ['in a second request, by two lengths', smuggled('Content-Length: 0\r\nContent-Length: 60\r\n')],
        [
          'in a second request, by length and chunks',
          smuggled('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n'),
        ],
      ])('do not reach an application %s', async (_, lines) => {
        const token = test.guard.login();
        const start = 'POST /orders HTTP/1.1\r\nHost: app.example.com\r\n';
        await sendRaw(gateway.port, `${start}Authorization: Bearer ${token}\r\n${lines}\r\n`);
        for (const { headers, rawHeaders } of app.requests) {
          if (headers['latchkey-user'] !== undefined) expect(headers['latchkey-user']).toMatch(/^019b/);
          expect(rawHeaders.join(' ')).not.toMatch(new RegExp(`latchkey.user[^,]*${EVIL}`, 'i'));
        }
      });

      it('cannot be removed by naming them in Connection', async () => {
        const token = test.guard.login();
        const names = 'Latchkey-User, Latchkey-Roles, Latchkey-Assertion';
        for (const connection of [`close, ${names}`, names.toLowerCase()]) {
          const answer = await client.send('/orders', withToken(token, { headers: { connection } }));
          if (answer.status === 200) expect(lastRequest().headers['latchkey-user']).toMatch(/^019b/);
          else expect(answer.status).toBe(400);
        }
      });
    });

    it('grants a request with 20 KiB of headers', async () => {
      const headers = { cookie: 'a'.repeat(7_000), 'x-a': 'b'.repeat(7_000), 'x-b': 'c'.repeat(6_000) };
      const answer = await client.send('/orders', withToken(test.guard.login(), { headers }));
      expect(answer.status).toBe(200);
      expect(lastRequest().headers.cookie).toHaveLength(7_000);
    });

    it('refuses a request with too many headers, and does not fail', async () => {
      const headers = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`x-${n}`, 'a'.repeat(7_000)]));
      const other = new HttpClient(gateway.url);
      const answer = await other
        .send('/orders', withToken(test.guard.login(), { headers }))
        .catch(() => null);
      other.close();
      // The gateway may also close the connection while the rest is being sent.
      if (answer) expect([400, 413, 431]).toContain(answer.status);
      expect(app.requests).toEqual([]);
      expect(await client.send('/orders', withToken(test.guard.login()))).toMatchObject({ status: 200 });
    });

    it('passes on the method and the body, which the edge never gets', async () => {
      const body = 'x'.repeat(1_000_000);
      const answer = await client.send('/orders', withToken(test.guard.login(), { method: 'PUT', body }));
      expect(answer.status).toBe(200);
      expect(lastRequest()).toMatchObject({ method: 'PUT', bodyLength: body.length });
    });

    it('keeps requests apart after it has refused one with a body', async () => {
      const body = 'GET /orders HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3_000);
      const refused = await client.send('/orders', { method: 'POST', body }).catch(() => null);
      // The gateway may close the connection while the body is being sent.
      if (refused) expect(refused.status).toBe(401);
      const answer = await client.send('/orders', withToken(test.guard.login()));
      expect(answer.status).toBe(200);
      expect(app.requests.map(({ method }) => method)).toEqual(['GET']);
    });

    it('grants nothing while the edge is away', async () => {
      const token = test.guard.login();
      await test.edge.stop();
      const answer = await client.send('/orders', withToken(token));
      expect([502, 503]).toContain(answer.status);
      expect(await client.send('/public/logo')).toMatchObject({ status: 200 });
      expect(app.requests.map(({ url }) => url)).toEqual(['/public/logo']);
    });
  });
}

/** What an application may make of a path: decoded, without empty and dot segments. */
function resolved(url: string): string {
  return posix.normalize(decodeURIComponent(url.split('?')[0] ?? ''));
}

function smuggled(lengths: string): string {
  return `${lengths}\r\n0\r\n\r\nGET /orders HTTP/1.1\r\nHost: x\r\nLatchkey-User: ${EVIL}\r\n`;
}

async function findOrReport({ name, find }: GatewayKind): Promise<string | null> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    process.stderr.write(`left out: the tests behind ${name}, because ${error.message}\n`);
    return null;
  }
}
