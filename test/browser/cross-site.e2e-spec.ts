import { newEmail, PASSWORD } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';
import { HttpBrowser, type RequestSource } from '../support/http-browser.js';
import { sendRaw } from '../support/raw-http.js';

const ORIGIN = 'https://id.example.com';
const APP = 'https://app.example.com';
const REFUSED = { status: 403, body: { code: 'cross_site_request' } };

/** Foreign pages, as browsers with and without Fetch Metadata describe them. */
const FOREIGN: [string, RequestSource][] = [
  ['another site', { origin: 'https://evil.example', fetchSite: 'cross-site' }],
  ['another site, in an older browser', { origin: 'https://evil.example' }],
  ['another site that hides its origin', { origin: 'null', fetchSite: 'cross-site' }],
  ['a sandbox, in an older browser', { origin: 'null' }],
  ['a sibling domain', { origin: 'https://blog.example.com', fetchSite: 'same-site' }],
  ['a sibling domain, in an older browser', { origin: 'https://blog.example.com' }],
  ['a subdomain', { origin: 'https://evil.id.example.com', fetchSite: 'same-site' }],
  ['another port', { origin: 'https://id.example.com:8443', fetchSite: 'same-site' }],
  ['another port, in an older browser', { origin: 'https://id.example.com:8443' }],
  ['the same name without TLS', { origin: 'http://id.example.com', fetchSite: 'cross-site' }],
  ['the same name without TLS, in an older browser', { origin: 'http://id.example.com' }],
  ['a name with the same beginning', { origin: 'https://id.example.com.evil.example' }],
  ['a name with the same ending', { origin: 'https://evil-id.example.com' }],
  ['two origins', { origin: `https://evil.example, ${ORIGIN}` }],
  ['an empty origin', { origin: '' }],
  ['no origin, cross-site', { fetchSite: 'cross-site' }],
  ['no origin, same-site', { fetchSite: 'same-site' }],
  ['an unknown Sec-Fetch-Site', { fetchSite: 'same-planet' }],
  ['two values of Sec-Fetch-Site', { fetchSite: 'same-origin, cross-site' }],
  ['the service’s own port under another name (DNS rebinding)', { origin: 'http://rebound.example:3000' }],
];

const OWN: [string, RequestSource][] = [
  ['its own page', { origin: ORIGIN, fetchSite: 'same-origin' }],
  ['its own page, in an older browser', { origin: ORIGIN }],
  ['its own page without an origin', { fetchSite: 'same-origin' }],
  ['the address bar', { fetchSite: 'none' }],
  ['an allowed origin', { origin: APP, fetchSite: 'same-site' }],
  ['an allowed origin on another site', { origin: APP, fetchSite: 'cross-site' }],
  ['an allowed origin, in an older browser', { origin: APP }],
];

const UNSAFE = [
  ['POST', '/auth/refresh'],
  ['POST', '/auth/logout'],
  ['DELETE', '/devices'],
  ['DELETE', '/devices?except=current'],
  ['DELETE', '/devices/018f0000-0000-7000-8000-000000000000'],
  ['DELETE', '/sessions/018f0000-0000-7000-8000-000000000000'],
  ['PATCH', '/devices/018f0000-0000-7000-8000-000000000000'],
] as const;

describe('a request made by a page', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp({
      LATCHKEY_ISSUER: ORIGIN,
      CORS_ORIGINS: `${APP}, https://admin.example.com`,
      LOGIN_ATTEMPTS_PER_ADDRESS: '100000',
    });
  });
  afterAll(() => service?.close());

  const browser = () => new HttpBrowser(service.url, ORIGIN);

  it.each(FOREIGN)('from %s changes nothing', async (_, source) => {
    const chrome = browser();
    await chrome.registerAndLogin();
    for (const [method, path] of UNSAFE) {
      const answer = await chrome.call(method, path, undefined, { source });
      expect({ path, answer }).toMatchObject({ path, answer: REFUSED });
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
    expect((await chrome.me()).status).toBe(200);
    expect((await chrome.refresh()).status).toBe(200);
  });

  it.each(FOREIGN)('from %s can neither log in nor register (login CSRF)', async (_, source) => {
    const { email } = await service.api.newcomer();
    const fresh = browser();
    for (const token_delivery of ['cookie', 'body']) {
      expect(await fresh.login(email, { token_delivery }, source)).toMatchObject(REFUSED);
    }
    const registration = { email: newEmail(), password: PASSWORD };
    expect(await fresh.call('POST', '/auth/register', registration, { source })).toMatchObject(REFUSED);
    expect((await service.api.register(registration.email)).status).toBe(201);
  });

  it.each(OWN)('from %s is accepted', async (_, source) => {
    const chrome = browser();
    const { email } = await chrome.registerAndLogin();
    expect((await chrome.refresh(source)).status).toBe(200);
    expect((await chrome.call('POST', '/auth/logout', undefined, { source })).status).toBe(204);
    const login = await chrome.login(email, {}, source);
    // Browsers keep no cookies from the answer to a page of another site.
    if (source.fetchSite === 'cross-site') {
      expect(login).toMatchObject({ status: 400, body: { code: 'cookies_not_kept' } });
      expect(login.headers.getSetCookie()).toEqual([]);
    } else expect(login.status).toBe(200);
    expect((await chrome.login(email, { token_delivery: 'body' }, source)).status).toBe(200);
  });

  it('from another site is refused even with a bearer token', async () => {
    const { access_token } = await service.api.newcomer();
    const headers = { authorization: `Bearer ${access_token}` };
    const source = { origin: 'https://evil.example', fetchSite: 'cross-site' };
    expect(await browser().call('POST', '/auth/logout', undefined, { source, headers })).toMatchObject(
      REFUSED,
    );
    expect((await service.api.me(access_token)).status).toBe(200);
  });

  it('without origin headers is refused if it has cookies or asks for them', async () => {
    const chrome = browser();
    const { email } = await chrome.registerAndLogin();
    for (const [method, path] of UNSAFE) {
      expect(await chrome.call(method, path, undefined, { source: {} })).toMatchObject(REFUSED);
    }
    expect(await browser().login(email, {}, {})).toMatchObject(REFUSED);
    // A remaining device cookie alone counts as well.
    await chrome.call('POST', '/auth/logout');
    expect(await chrome.login(email, { token_delivery: 'body' }, {})).toMatchObject(REFUSED);
  });

  it('from a client that is not a browser is accepted with its tokens, and foreign cookies are ignored', async () => {
    const { access_token, refresh_token } = await service.api.newcomer();
    const headers = { cookie: 'AWSALB=x; theirs=y' };
    const refreshed = await service.api.call('POST', '/auth/refresh', { headers, body: { refresh_token } });
    expect(refreshed.status).toBe(200);
    // A browser never adds a bearer token by itself, so one proves that the caller meant the request.
    const chrome = browser();
    await chrome.registerAndLogin();
    const bearer = { source: {}, headers: { authorization: `Bearer ${access_token}` } };
    expect((await chrome.call('POST', '/auth/logout', undefined, bearer)).status).toBe(204);
  });

  it.each(['x', 'Basic eDp4', 'Bearer x'])(
    'without origin headers is refused if a route would use its cookies, even with the Authorization header %j',
    async (authorization) => {
      const chrome = browser();
      const { email } = await chrome.registerAndLogin();
      const unknown = { source: {}, headers: { authorization } };
      expect(await chrome.call('POST', '/auth/refresh', undefined, unknown)).toMatchObject(REFUSED);
      const credentials = { email, password: 'correct horse battery', token_delivery: 'cookie' };
      expect(await chrome.call('POST', '/auth/login', credentials, unknown)).toMatchObject(REFUSED);
      expect((await chrome.refresh()).status).toBe(200);
    },
  );

  it.each(FOREIGN.slice(0, 8))('from %s may read, because a read changes nothing', async (_, source) => {
    const chrome = browser();
    await chrome.registerAndLogin();
    const answer = await chrome.me(source);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });

  it('is refused before its body is read, and on unknown routes too', async () => {
    const source = { origin: 'https://evil.example' };
    const headers = { 'content-type': 'text/plain' };
    expect(await browser().call('POST', '/nowhere', undefined, { source })).toMatchObject(REFUSED);
    expect(await browser().call('POST', '/auth/login', {}, { source, headers })).toMatchObject(REFUSED);
  });

  it.each([
    [
      'a form',
      'application/x-www-form-urlencoded',
      'email=ada%40example.org&password=x&token_delivery=cookie',
    ],
    [
      'a multipart form',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name="email"\r\n\r\nx\r\n--b--',
    ],
    [
      'JSON sent as text',
      'text/plain',
      '{"email":"ada@example.org","password":"x","token_delivery":"cookie"}',
    ],
    [
      'JSON produced by a text form',
      'text/plain;charset=UTF-8',
      '{"email":"ada@example.org","password":"x=","token_delivery":"cookie"}',
    ],
    ['a body without a type', '', '{"email":"ada@example.org","password":"x","token_delivery":"cookie"}'],
  ])('is refused as %s, even from its own page', async (_, type, body) => {
    const port = Number(new URL(service.url).port);
    const send = (origin: string) =>
      sendRaw(
        port,
        [
          'POST /auth/login HTTP/1.1',
          'Host: x',
          `Origin: ${origin}`,
          ...(type ? [`Content-Type: ${type}`] : []),
          `Content-Length: ${Buffer.byteLength(body)}`,
          '',
          body,
        ].join('\r\n'),
      );
    expect((await send('https://evil.example')).status).toBe(403);
    expect((await send(ORIGIN)).status).toBe(415);
  });

  describe('as a CORS preflight', () => {
    const preflight = (origin: string | undefined, path = '/auth/refresh', method = 'POST') =>
      service.api.call('OPTIONS', path, {
        headers: {
          ...(origin !== undefined && { origin }),
          'access-control-request-method': method,
          'access-control-request-headers': 'content-type,authorization',
        },
      });

    it.each([APP, 'https://admin.example.com'])(
      'is allowed for %s, which is named in the response',
      async (origin) => {
        for (const path of ['/auth/refresh', '/devices/x', '/account/events']) {
          const { status, headers } = await preflight(origin, path, 'DELETE');
          expect(status).toBe(204);
          expect(Object.fromEntries(headers)).toMatchObject({
            'access-control-allow-origin': origin,
            'access-control-allow-credentials': 'true',
            'access-control-allow-methods': 'GET, HEAD, POST, PATCH, DELETE',
            'access-control-allow-headers':
              'authorization, content-type, latchkey-passive, latchkey-touch-points, x-request-id, traceparent, tracestate',
            'access-control-max-age': '600',
            vary: expect.stringMatching(/\bOrigin\b/i),
          });
        }
      },
    );

    it.each([
      'https://evil.example',
      'null',
      '*',
      `${APP}.evil.example`,
      APP.toUpperCase(),
      'https://blog.example.com',
      undefined,
    ])('gets no CORS headers for %s', async (origin) => {
      const { status, headers } = await preflight(origin);
      expect(status).toBe(405);
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(headers.get('vary')).toMatch(/\bOrigin\b/i);
      expect((await preflight(origin, '/nowhere')).status).toBe(404);
    });
  });

  it('can be read by an allowed origin, refusals included, and by no other', async () => {
    const read = (origin: string) => service.api.call('GET', '/auth/me', { headers: { origin } });
    const allowed = await read(APP);
    expect(allowed.status).toBe(401);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(APP);
    expect(allowed.headers.get('access-control-allow-credentials')).toBe('true');
    expect(allowed.headers.get('access-control-expose-headers')).toBe(
      'date, retry-after, www-authenticate, x-request-id',
    );
    const other = await read('https://evil.example');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    expect(other.headers.get('vary')).toMatch(/\bOrigin\b/i);
  });
});

describe('the origin of the service', () => {
  let service: RunningApp;
  afterEach(() => service?.close());

  const status = async (origin: string) =>
    (await service.api.call('POST', '/auth/refresh', { body: { refresh_token: 'x' }, headers: { origin } }))
      .status;

  it('is that of the issuer unless configured', async () => {
    service = await startApp({ LATCHKEY_ISSUER: 'https://id.example.com/tenant' });
    expect(await status('https://id.example.com')).toBe(401);
    await service.close();
    service = await startApp({
      LATCHKEY_ISSUER: 'https://id.example.com',
      LATCHKEY_ORIGIN: 'https://login.example.com',
    });
    expect(await status('https://login.example.com')).toBe(401);
    expect(await status('https://id.example.com')).toBe(403);
  });

  it('in development is also the local address and port it listens on', async () => {
    service = await startApp();
    const { port } = new URL(service.url);
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      expect(await status(`http://${host}:${port}`)).toBe(401);
      expect(await status(`http://${host}:1`)).toBe(403);
      expect(await status(`https://${host}:${port}`)).toBe(403);
    }
    expect(await status(`http://rebound.example:${port}`)).toBe(403);
  });

  it('in production is only the configured one', async () => {
    service = await startApp({
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://unused/x',
      LATCHKEY_SECRET: 'a secret of the tests, 32 bytes or more',
      LATCHKEY_ISSUER: 'https://id.example.com',
    });
    const { port } = new URL(service.url);
    expect(await status(`http://localhost:${port}`)).toBe(403);
    expect(await status('https://id.example.com')).toBe(401);
  });

  it('sends no CORS headers when no origin is allowed', async () => {
    service = await startApp();
    const { headers } = await service.api.call('GET', '/auth/me', {
      headers: { origin: 'https://app.example.com' },
    });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});
