import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { METHODS } from 'node:http';
import type { AssertionClaims } from '@latchkey/access-token/forward-auth/assertion';
import { IDENTITY_HEADERS } from '@latchkey/access-token/forward-auth/identity-headers';
import type { Answer } from '../../support/answer.js';
import type { Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { type CheckOptions, checkRequest } from '../../support/check-request.js';
import { ADDRESSES, clientHeaders } from '../../support/clients.js';
import { decodeJwt } from '../../support/decode-jwt.js';
import { HttpBrowser } from '../../support/http-browser.js';
import { sendRaw } from '../../support/raw-http.js';
import { waitUntil } from '../../support/wait-until.js';

const ORIGIN = 'https://id.example.com';
const API = 'https://api.example.com';

let service: RunningApp;
const start =
  (env: Record<string, string> = {}) =>
  async () => {
    service = await startApp({
      LATCHKEY_ISSUER: ORIGIN,
      LATCHKEY_AUDIENCE: `${ORIGIN},${API}`,
      CORS_ORIGINS: 'https://app.example.com',
      ...env,
    });
  };
const stop = () => service?.close();

const check = (query = '', options: CheckOptions = {}) => checkRequest(service.url, query, options);
const identityOf = ({ headers }: Answer) =>
  Object.fromEntries(IDENTITY_HEADERS.map((name) => [name, headers.get(name)]));
const expectNoIdentity = ({ headers }: Answer) => {
  for (const name of [...IDENTITY_HEADERS, 'latchkey-assertion']) expect(headers.get(name)).toBeNull();
};

/** Sets the user's roles as an operator does in plain SQL, and refreshes. */
async function withRoles(tokens: Tokens, roles: readonly string[]): Promise<Tokens> {
  await service.sql(
    `UPDATE users SET roles = $2, roles_version = roles_version + 1
     WHERE id = (SELECT user_id FROM sessions WHERE id = $1)`,
    [tokens.session_id, roles],
  );
  return (await service.api.refresh(tokens.refresh_token)).body;
}

describe('the check of a gateway', () => {
  beforeAll(start());
  afterAll(stop);

  it('grants an active session, with the identity of the caller and no body', async () => {
    const tokens = await withRoles(await service.api.newcomer(), ['editor', 'admin']);
    const answer = await check('', { token: tokens.access_token });
    const { sub, auth_time } = decodeJwt(tokens.access_token);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(identityOf(answer)).toEqual({
      'latchkey-user': sub,
      'latchkey-session': tokens.session_id,
      'latchkey-device': tokens.device_id,
      'latchkey-roles': 'editor,admin',
      'latchkey-auth-time': String(auth_time),
      'latchkey-amr': 'pwd',
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('has every identity header also when there is nothing to say', async () => {
    const { access_token: token } = await service.api.newcomer();
    const answer = await check('', { token });
    expect(answer.headers.get('latchkey-roles')).toBe('');
  });

  it('answers every method alike', async () => {
    const { access_token: token } = await service.api.newcomer();
    const expected = identityOf(await check('', { token }));
    // `CONNECT` is not for an HTTP server.
    for (const method of METHODS.filter((name) => name !== 'CONNECT')) {
      const granted = await check('', { token, method });
      expect([method, granted.status, granted.text]).toEqual([method, 200, '']);
      expect(identityOf(granted)).toEqual(expected);
      const refused = await check('', { method });
      expect([method, refused.status]).toEqual([method, 401]);
      expectNoIdentity(refused);
    }
  });

  it('does not answer a preflight, which the gateway would take for a grant', async () => {
    const headers = {
      origin: 'https://app.example.com',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    };
    const answer = await check('', { method: 'OPTIONS', headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expectNoIdentity(answer);
  });

  it('refuses a missing or malformed token with a challenge', async () => {
    const missing = await check();
    expect(missing).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="latchkey"');
    const malformed = await check('', { token: 'x' });
    expect(malformed.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('refuses a revoked session from the next request on', async () => {
    const { access_token: token } = await service.api.newcomer();
    expect((await check('', { token })).status).toBe(200);
    expect((await service.api.logout(token)).status).toBe(204);
    const answer = await check('', { token });
    expect(answer).toMatchObject({ status: 401, body: { code: 'session_revoked', reason: 'logout' } });
    expectNoIdentity(answer);
  });

  it('refuses an identity that the answer does not overwrite, with or without a token', async () => {
    const { access_token: token } = await service.api.newcomer();
    for (const options of [{}, { token }])
      for (const name of ['latchkey_user', 'Latchkey-Roles_', 'latchkey-future']) {
        const answer = await check('', { ...options, headers: { [name]: 'admin' } });
        expect(answer).toMatchObject({ status: 403, body: { code: 'identity_header_rejected' } });
        expectNoIdentity(answer);
      }
    const headers = { 'latchkey-user': 'admin', 'latchkey-assertion': 'x', 'latchkey-passive': '1' };
    expect((await check('', { token, headers })).headers.get('latchkey-user')).not.toBe('admin');
  });

  it('leaves out a role that a list in a header cannot express', async () => {
    const roles = ['user', 'a,admin', 'a\r\nLatchkey-User: x', 'é', 'editor'];
    const { access_token: token } = await withRoles(await service.api.newcomer(), roles);
    const answer = await check('', { token });
    expect([answer.status, answer.headers.get('latchkey-roles')]).toEqual([200, 'user,editor']);
    expect((await check('role=admin', { token })).status).toBe(403);
  });

  describe('with demands', () => {
    it('requires one of the roles', async () => {
      const { access_token: token } = await withRoles(await service.api.newcomer(), ['editor']);
      expect((await check('role=admin&role=editor', { token })).status).toBe(200);
      const answer = await check('role=admin', { token });
      expect(answer).toMatchObject({ status: 403, body: { code: 'insufficient_role' } });
      expectNoIdentity(answer);
    });

    it('requires a recent login', async () => {
      const tokens = await service.api.newcomer();
      expect((await check('max_age=300', { token: tokens.access_token })).status).toBe(200);
      await service.sql(`UPDATE sessions SET auth_time = now() - interval '10 minutes' WHERE id = $1`, [
        tokens.session_id,
      ]);
      const { body } = await service.api.refresh(tokens.refresh_token);
      expect((await check('max_age=900', { token: body.access_token })).status).toBe(200);
      expect(await check('max_age=300', { token: body.access_token })).toMatchObject({
        status: 403,
        body: { code: 'reauthentication_required', max_age: 300 },
      });
    });

    it('requires a method of the login', async () => {
      const tokens = await service.api.newcomer();
      const answer = await check('amr=mfa', { token: tokens.access_token });
      expect(answer).toMatchObject({
        status: 401,
        body: { code: 'insufficient_user_authentication', amr: ['mfa'], acr_values: 'aal2' },
      });
      expect(answer.headers.get('www-authenticate')).toBe(
        'Bearer realm="latchkey", error="insufficient_user_authentication", acr_values="aal2"',
      );
      await service.sql(`UPDATE sessions SET amr = '{pwd,otp,mfa}' WHERE id = $1`, [tokens.session_id]);
      const { body } = await service.api.refresh(tokens.refresh_token);
      const granted = await check('amr=mfa', { token: body.access_token });
      expect([granted.status, granted.headers.get('latchkey-amr')]).toEqual([200, 'pwd,otp,mfa']);
    });

    it.each(['rol=admin', 'role=', 'role=a,b', 'max_age=5m', 'max_age=0', 'sign_in=yes', '_=1', 'x'])(
      'refuses the demand %j, with or without a token',
      async (query) => {
        const { access_token: token } = await service.api.newcomer();
        for (const options of [{}, { token }]) {
          const answer = await check(query, options);
          expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_demand' } });
          expectNoIdentity(answer);
        }
      },
    );

    it('ignores demands in forwarded headers', async () => {
      const { access_token: token } = await service.api.newcomer();
      const headers = {
        'x-forwarded-uri': '/?role=user',
        'x-original-uri': '/?max_age=1',
        'x-original-url': `${ORIGIN}/?role=user`,
        'latchkey-roles': 'admin',
      };
      expect((await check('', { token, headers })).status).toBe(200);
      expect((await check('role=admin', { token, headers })).status).toBe(403);
    });
  });

  describe('the audience', () => {
    const login = async (resource: string) => {
      const { email } = await service.api.newcomer();
      const body = { email, password: 'correct horse battery', resource };
      return (await service.api.call<Tokens>('POST', '/auth/login', { body })).body.access_token;
    };

    it('is this service unless the gateway stands for another resource server', async () => {
      const forApi = await login(API);
      expect((await check('', { token: forApi })).status).toBe(401);
      expect((await check(`audience=${encodeURIComponent(API)}`, { token: forApi })).status).toBe(200);
      const forService = await login(ORIGIN);
      expect((await check('', { token: forService })).status).toBe(200);
      expect((await check(`audience=${encodeURIComponent(API)}`, { token: forService })).status).toBe(401);
      expect((await check('audience=upstream', { token: forService })).status).toBe(200);
      expect((await check('audience=upstream', { token: forApi })).status).toBe(401);
    });
  });

  describe('the assertion', () => {
    const assertionOf = ({ headers }: Answer) => headers.get('latchkey-assertion') ?? '';

    async function verified(assertion: string) {
      const { body } = await service.api.call<{ keys: (JsonWebKey & { kid: string })[] }>(
        'GET',
        '/.well-known/jwks.json',
      );
      const [head = '', payload = '', signature = ''] = assertion.split('.');
      const header = JSON.parse(Buffer.from(head, 'base64url').toString());
      const jwk = body.keys.find(({ kid }) => kid === header.kid);
      const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
      const isValid = verify(
        'sha256',
        Buffer.from(`${head}.${payload}`),
        { key, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      );
      expect(isValid).toBe(true);
      return { header, claims: decodeJwt(assertion) as unknown as AssertionClaims };
    }

    it('states the caller, signed with the published keys, for one minute', async () => {
      const tokens = await withRoles(await service.api.newcomer(), ['admin']);
      const answer = await check('', { token: tokens.access_token });
      const { header, claims } = await verified(assertionOf(answer));
      const { sub, auth_time } = decodeJwt(tokens.access_token);
      expect(header).toEqual({ alg: 'ES256', typ: 'latchkey-assertion+jwt', kid: expect.any(String) });
      expect(claims).toEqual({
        iss: ORIGIN,
        aud: ORIGIN,
        sub,
        sid: tokens.session_id,
        device_id: tokens.device_id,
        roles: ['admin'],
        auth_time,
        amr: ['pwd'],
        acr: 'aal1',
        iat: expect.any(Number),
        exp: claims.iat + 60,
      });
    });

    it('is for the audience that the gateway names, and used again for the same one', async () => {
      const { access_token: token } = await service.api.newcomer();
      const of = async (query: string) => assertionOf(await check(query, { token }));
      const first = await of('audience=upstream');
      expect((await verified(first)).claims.aud).toBe('upstream');
      expect(await of('audience=upstream')).toBe(first);
      expect((await verified(await of('audience=other'))).claims.aud).toBe('other');
      expect(await of('audience=upstream')).toBe(first);
    });

    it('is never accepted as an access token', async () => {
      const { access_token: token } = await service.api.newcomer();
      const assertion = assertionOf(await check('', { token }));
      const answer = await service.api.me(assertion);
      expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
      expect((await check('', { token: assertion })).status).toBe(401);
    });
  });

  describe('the body', () => {
    const port = () => Number(new URL(service.url).port);
    const head = (token: string, ...lines: string[]) =>
      ['POST /auth/check HTTP/1.1', 'Host: x', `Authorization: Bearer ${token}`, ...lines, '', ''].join(
        '\r\n',
      );

    it.each([
      ['a length', ['Content-Length: 1000000000']],
      ['a length and a type', ['Content-Length: 10', 'Content-Type: application/json']],
      ['a type that is not accepted elsewhere', ['Content-Length: 10', 'Content-Type: video/mp4']],
      ['a malformed type', ['Content-Length: 10', 'Content-Type: ;;']],
      ['chunks', ['Transfer-Encoding: chunked']],
      ['chunks, and an expectation', ['Transfer-Encoding: chunked', 'Expect: 100-continue']],
      ['a length, and an expectation', ['Content-Length: 10', 'Expect: 100-continue']],
    ])('is not waited for if a request declares %s and sends nothing', async (_, lines) => {
      const { access_token: token } = await service.api.newcomer();
      const answer = await sendRaw(port(), head(token, ...lines));
      expect(answer.text).toMatch(/^HTTP\/1\.1 200 /);
      expect(answer.headers).toMatchObject({ connection: 'close', 'latchkey-user': expect.any(String) });
      expect(answer.closed).toBe(true);
      const refused = await sendRaw(port(), head('x', ...lines));
      expect(refused.text).toMatch(/^HTTP\/1\.1 401 /);
      expect(refused.headers.connection).toBe('close');
    });

    it.each([
      ['not JSON', '{"a":'],
      ['larger than any route accepts', 'x'.repeat(200_000)],
    ])('is ignored if it is %s', async (_, body) => {
      const { access_token: token } = await service.api.newcomer();
      const lines = [`Content-Length: ${body.length}`, 'Content-Type: application/json'];
      const answer = await sendRaw(port(), head(token, ...lines) + body);
      expect(answer.text).toMatch(/^HTTP\/1\.1 200 /);
    });

    it('is still asked for on other routes that expect to be continued', async () => {
      const lines = ['POST /auth/login HTTP/1.1', 'Host: x', 'Content-Type: application/json'];
      const request = [...lines, 'Content-Length: 2', 'Expect: 100-continue', '', '{}'].join('\r\n');
      expect((await sendRaw(port(), request)).text).toMatch(
        /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 400 /,
      );
    });

    it('leaves the connection open if there is none', async () => {
      const { access_token: token } = await service.api.newcomer();
      const answer = await sendRaw(port(), head(token) + head(token, 'Content-Length: 0'));
      expect(answer.text.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
      expect(answer.closed).toBe(false);
    });
  });

  describe('of a browser with cookies', () => {
    const signedIn = async () => {
      const browser = new HttpBrowser(service.url, ORIGIN);
      await browser.registerAndLogin();
      return browser;
    };
    const cookies = (browser: HttpBrowser, headers: Record<string, string>) => ({
      headers: { cookie: browser.cookieHeader, ...headers },
    });
    const crossSite = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };

    it('accepts the access cookie', async () => {
      const browser = await signedIn();
      expect((await check('', cookies(browser, {}))).status).toBe(200);
      expect((await check('', cookies(browser, { 'sec-fetch-site': 'cross-site' }))).status).toBe(200);
    });

    it.each([
      ['an unsafe method in X-Forwarded-Method', { 'x-forwarded-method': 'POST' }],
      ['an unsafe method in X-Original-Method', { 'x-original-method': 'DELETE' }],
      ['a safe and an unsafe one', { 'x-original-method': 'GET', 'x-forwarded-method': 'POST' }],
      ['an unknown one', { 'x-forwarded-method': 'get' }],
      ['none', {}],
    ])('refuses a request of another site with %s', async (_, headers) => {
      const browser = await signedIn();
      const answer = await check('', cookies(browser, { ...crossSite, ...headers }));
      expect(answer).toMatchObject({ status: 403, body: { code: 'cross_site_request' } });
      expectNoIdentity(answer);
    });

    it('refuses an unsafe method of the call itself, whatever the headers say', async () => {
      const browser = await signedIn();
      const options = cookies(browser, {
        ...crossSite,
        'x-forwarded-method': 'GET',
        'x-original-method': 'GET',
      });
      expect((await check('', { ...options, method: 'POST' })).status).toBe(403);
    });

    it('refuses an unsafe method without an origin', async () => {
      const browser = await signedIn();
      expect((await check('', cookies(browser, { 'x-forwarded-method': 'POST' }))).status).toBe(403);
    });

    it.each<Record<string, string>>([
      { 'sec-fetch-site': 'same-origin', origin: 'https://id.example.com' },
      { origin: 'https://id.example.com' },
      { 'sec-fetch-site': 'same-site', origin: 'https://app.example.com' },
    ])('accepts an unsafe method of a trusted page: %j', async (headers) => {
      const browser = await signedIn();
      const options = cookies(browser, { ...headers, 'x-forwarded-method': 'POST' });
      expect((await check('', options)).status).toBe(200);
      expect((await check('', { ...options, method: 'POST' })).status).toBe(200);
    });

    it('accepts a bearer token from any site, which no browser adds by itself', async () => {
      const { access_token: token } = await service.api.newcomer();
      for (const method of ['GET', 'POST']) {
        const answer = await check('', {
          token,
          method,
          headers: { ...crossSite, 'x-forwarded-method': 'POST' },
        });
        expect(answer.status).toBe(200);
      }
    });
  });

  describe('of a browser that opens a page', () => {
    const navigation = { 'sec-fetch-mode': 'navigate' };
    const redirectOf = async (query: string, headers: Record<string, string>, method = 'GET') => {
      const { status, headers: received } = await check(query, { headers, method });
      return [status, received.get('location')];
    };

    it('is redirected to the sign-in page only if the gateway asks for it', async () => {
      expect(await redirectOf('sign_in=1', navigation)).toEqual([302, `${ORIGIN}/account`]);
      expect(await redirectOf('', navigation)).toEqual([401, null]);
    });

    it('is redirected also if its session has ended, and its cookies are cleared', async () => {
      const browser = new HttpBrowser(service.url, ORIGIN);
      await browser.registerAndLogin();
      const headers = { ...navigation, cookie: browser.cookieHeader };
      expect((await check('sign_in=1', { headers })).status).toBe(200);
      await browser.call('POST', '/auth/logout');
      const answer = await check('sign_in=1', { headers });
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([
        302,
        expect.stringContaining('latchkey_access=;'),
      ]);
      expectNoIdentity(answer);
    });

    it.each<[string, Record<string, string>, string]>([
      ['without fetch metadata', {}, 'GET'],
      ['of a script', { 'sec-fetch-mode': 'cors' }, 'GET'],
      ['of an image', { 'sec-fetch-mode': 'no-cors' }, 'GET'],
      ['with another method', navigation, 'POST'],
      ['with another forwarded method', { ...navigation, 'x-forwarded-method': 'POST' }, 'GET'],
    ])('is not redirected for a request %s', async (_, headers, method) => {
      expect(await redirectOf('sign_in=1', headers, method)).toEqual([401, null]);
    });

    it('is not redirected for anything but 401', async () => {
      const { access_token: token } = await service.api.newcomer();
      expect((await check('sign_in=1&role=admin', { token, headers: navigation })).status).toBe(403);
      expect((await check('sign_in=1&rol=admin', { headers: navigation })).status).toBe(400);
    });

    it('is not redirected if it is signed in, but not by the method that is demanded', async () => {
      const { access_token: token } = await service.api.newcomer();
      expect((await check('sign_in=1&amr=mfa', { token, headers: navigation })).status).toBe(401);
    });

    it('does not return to what a client claims to have requested', async () => {
      const claimed = {
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'id.example.com',
        'x-forwarded-uri': '/a',
      };
      expect(await redirectOf('sign_in=1', { ...navigation, ...claimed })).toEqual([
        302,
        `${ORIGIN}/account`,
      ]);
    });
  });
});

describe('the check of a gateway that is a trusted proxy', () => {
  beforeAll(start({ TRUST_PROXY: '127.0.0.1', SESSION_IDLE_TTL: '10s' }));
  afterAll(stop);

  it('returns to the requested page of this service after the sign-in, and to no other host', async () => {
    const locationOf = async (host: string, uri: string) => {
      const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': host, 'x-forwarded-uri': uri };
      const answer = await check('sign_in=1', { headers: { 'sec-fetch-mode': 'navigate', ...forwarded } });
      return answer.headers.get('location');
    };
    expect(await locationOf('id.example.com', '/reports?a=1')).toBe(
      `${ORIGIN}/account?return_to=${encodeURIComponent('/reports?a=1')}`,
    );
    for (const [host, uri] of [
      ['evil.example', '/'],
      ['id.example.com', '//evil.example'],
      ['id.example.com', '/\\evil.example'],
      ['id.example.com@evil.example', '/'],
    ] as const) {
      expect(await locationOf(host, uri)).toBe(`${ORIGIN}/account`);
    }
  });

  it('counts as a use of the session from the address of the client', async () => {
    const tokens = await service.api.newcomer();
    const seen = async () => {
      const [row] = await service.sql('SELECT host(address) AS address FROM sessions WHERE id = $1', [
        tokens.session_id,
      ]);
      return row?.address;
    };
    const headers = { 'x-forwarded-for': ADDRESSES.bremen };
    expect((await check('', { token: tokens.access_token, headers })).status).toBe(200);
    await waitUntil('the use is written', async () => (await seen()) === ADDRESSES.bremen);
  });
});

describe('the client of a checked request', () => {
  beforeAll(start({ TRUST_PROXY: 'true', SUSPICION_ACTIONS: 'client_scripted:end,client_changed:end' }));
  afterAll(stop);

  const inChrome = async () => {
    const { email } = await service.api.newcomer();
    const headers = clientHeaders('chromeOnWindows', 'bremen');
    const body = { email, password: 'correct horse battery' };
    const answer = await service.api.call<Tokens>('POST', '/auth/login', { headers, body });
    return answer.body.access_token;
  };

  it('is not judged if the gateway drops the user agent, and is not learned either', async () => {
    const token = await inChrome();
    const { 'user-agent': _, ...headers } = clientHeaders('chromeOnWindows', 'bremen');
    for (const _ of ['first', 'second']) expect((await check('', { token, headers })).status).toBe(200);
    const scripted = await service.api.call('GET', '/auth/me', {
      token,
      headers: { ...headers, 'user-agent': '' },
    });
    expect(scripted).toMatchObject({ status: 401, body: { reason: 'suspicious' } });
  });

  it('is judged as on other routes if the gateway passes it on', async () => {
    const token = await inChrome();
    const chrome = clientHeaders('newerChromeOnWindows', 'bremen');
    expect((await check('', { token, headers: chrome })).status).toBe(200);
    const firefox = clientHeaders('firefoxOnWindows', 'bremen');
    expect(await check('', { token, headers: firefox })).toMatchObject({
      status: 401,
      body: { code: 'session_revoked', reason: 'suspicious' },
    });
  });
});
