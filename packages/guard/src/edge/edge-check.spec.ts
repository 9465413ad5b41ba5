import { decodeJwt } from 'jose';
import { ScriptedGuard } from '../../testing/scripted-guard.js';
import { GuardError } from '../guard-error.js';
import { AssertionSigner } from './assertion-signer.js';
import { EdgeCheck, type EdgeCheckOptions } from './edge-check.js';
import type { GatewayRequest } from './gateway-request.js';
import { generateSigningKey } from './signing-key.js';

const ORIGIN = 'https://app.example.com';
const SIGN_IN = 'https://login.example.com/';
const TARGET = { scheme: 'https', host: 'app.example.com', uri: '/orders?page=2' };

const guard = new ScriptedGuard();
const assertions = new AssertionSigner(await generateSigningKey(), 'edge');
const faults: unknown[] = [];

function edge(changes: Partial<EdgeCheckOptions> = {}): EdgeCheck {
  return new EdgeCheck({
    guard,
    assertions,
    assertionAudience: 'orders',
    cookieName: undefined,
    origins: new Set([ORIGIN]),
    signInUrl: undefined,
    deadlineMs: 20,
    onFault: (error) => faults.push(error),
    ...changes,
  });
}

function ask(changes: Partial<GatewayRequest>, options: Partial<EdgeCheckOptions> = {}) {
  return edge(options).answer({
    query: '',
    headers: {},
    method: 'GET',
    target: TARGET,
    client: {},
    ...changes,
  });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const problem = ({ body }: { body: string }) => JSON.parse(body) as Record<string, unknown>;

beforeEach(() => {
  guard.override = null;
  guard.checks.length = 0;
  faults.length = 0;
});

describe('a grant', () => {
  it('has an empty body and every identity header, empty when there is nothing to say', async () => {
    const token = guard.login({ deviceId: null });
    const answer = await ask({ headers: bearer(token) });
    expect(answer).toMatchObject({ status: 200, body: '' });
    expect(answer.headers).toMatchObject({
      'latchkey-device': '',
      'latchkey-roles': '',
      'latchkey-amr': 'pwd',
    });
    expect(Object.keys(answer.headers).sort()).toEqual([
      'latchkey-amr',
      'latchkey-assertion',
      'latchkey-auth-time',
      'latchkey-device',
      'latchkey-roles',
      'latchkey-session',
      'latchkey-user',
    ]);
  });

  it('has an assertion for the audience that the operator names, otherwise for the default', async () => {
    const headers = bearer(guard.login());
    const named = await ask({ headers, query: 'audience=billing' });
    const other = await ask({ headers });
    expect(decodeJwt(named.headers['latchkey-assertion'] ?? '')).toMatchObject({
      aud: 'billing',
      iss: 'edge',
    });
    expect(decodeJwt(other.headers['latchkey-assertion'] ?? '')).toMatchObject({ aud: 'orders' });
  });

  it('reports the client of the request to the guard', async () => {
    const client = { address: '192.0.2.1', userAgent: 'curl/8' };
    const token = guard.login();
    await ask({ headers: bearer(token), client });
    expect(guard.checks).toEqual([{ token, client }]);
  });
});

describe('a refusal', () => {
  it('challenges a request without a token, without naming an error', async () => {
    const answer = await ask({});
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="latchkey"' } });
    expect(problem(answer)).toMatchObject({ code: 'invalid_token', status: 401 });
    expect(guard.checks).toEqual([]);
  });

  it('gives the reason for which the session was revoked', async () => {
    const token = guard.login();
    guard.revoke(token, 'logout');
    const answer = await ask({ headers: bearer(token) });
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    expect(problem(answer)).toMatchObject({ code: 'session_revoked', reason: 'logout' });
  });

  it.each([
    ['role=admin', 403, 'insufficient_role'],
    ['max_age=300', 403, 'reauthentication_required'],
    ['amr=mfa', 401, 'insufficient_user_authentication'],
  ])('follows the demand %s', async (query, status, code) => {
    const poor = guard.login({ authenticatedAt: Date.now() - 301_000 });
    const rich = guard.login({ roles: ['admin'], amr: ['pwd', 'mfa'] });
    expect(await ask({ query, headers: bearer(poor) })).toMatchObject({ status });
    expect(problem(await ask({ query, headers: bearer(poor) }))).toMatchObject({ code });
    expect(await ask({ query, headers: bearer(rich) })).toMatchObject({ status: 200 });
  });

  it.each(['roles=admin', 'role=', 'max_age=5m', 'role=a,b', 'x'])(
    'is 400 for the query %s',
    async (query) => {
      const answer = await ask({ query, headers: bearer(guard.login()) });
      expect(answer.status).toBe(400);
      expect(problem(answer)).toMatchObject({ code: 'validation_failed' });
    },
  );

  it('is 503 with Retry-After if the service does not decide within the deadline', async () => {
    guard.override = () => new Promise(() => {});
    const answer = await ask({ headers: bearer('any') });
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  });

  it('is 503 if the guard reaches no instance', async () => {
    guard.override = () => Promise.reject(new GuardError('service_unavailable', { retryAfterSeconds: 3 }));
    expect(await ask({ headers: bearer('any') })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '3' },
    });
  });

  it('is 500 for a fault, which is reported and not explained to the client', async () => {
    guard.override = () => {
      throw new TypeError('secret');
    };
    const answer = await ask({ headers: bearer('any') });
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(faults).toEqual([expect.any(TypeError)]);
  });

  it('repeats the problem in a header of one ASCII line', async () => {
    const token = guard.login();
    guard.revoke(token, 'é\r\nLatchkey-User: x');
    const answer = await ask({ headers: bearer(token) });
    expect(answer.headers['latchkey-problem']).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(answer.headers['latchkey-problem'] ?? '')).toEqual(problem(answer));
  });
});

describe('identity headers of the client', () => {
  it.each(['latchkey-user', 'Latchkey-Roles', 'latchkey-assertion'])('%s is overwritten', async (name) => {
    const headers = { ...bearer(guard.login()), [name]: 'admin' };
    expect(await ask({ headers })).toMatchObject({ status: 200, headers: { 'latchkey-roles': '' } });
  });

  it.each(['latchkey_user', 'Latchkey_Auth-Time', 'latchkey-future', 'latchkey-auth_time'])(
    '%s is refused, because no header of a grant overwrites it',
    async (name) => {
      const answer = await ask({ headers: { ...bearer(guard.login()), [name]: 'admin' } });
      expect(answer.status).toBe(403);
      expect(problem(answer)).toMatchObject({ code: 'identity_header_rejected' });
    },
  );
});

describe('an access cookie', () => {
  const options = { cookieName: '__Host-access' };
  const cookie = (token: string) => ({ cookie: `a=b; __Host-access=${token}` });

  it('is accepted only if it is configured', async () => {
    const headers = cookie(guard.login());
    expect(await ask({ headers }, options)).toMatchObject({ status: 200 });
    expect(await ask({ headers })).toMatchObject({ status: 401 });
  });

  it('does not count if the request has a bearer token', async () => {
    const headers = { ...cookie(guard.login()), ...bearer('wrong') };
    expect(await ask({ headers }, options)).toMatchObject({ status: 401 });
  });

  it('is refused if there are two of the name', async () => {
    const token = guard.login();
    const headers = { cookie: `__Host-access=${token}; __Host-access=${token}` };
    expect(await ask({ headers }, options)).toMatchObject({ status: 401 });
  });

  const evil = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  it.each<[string, string | undefined, Record<string, string>, number]>([
    ['a page of another site posts', 'POST', evil, 403],
    ['a page of another site opens a WebSocket', 'GET', { ...evil, 'sec-websocket-key': 'x' }, 403],
    ['a page of another site sends an unknown method', undefined, evil, 403],
    ['a page of another site links', 'GET', evil, 200],
    ['a sibling site posts', 'POST', { 'sec-fetch-site': 'same-site', origin: 'https://x.example.com' }, 403],
    ['the same origin posts', 'POST', { 'sec-fetch-site': 'same-origin' }, 200],
    ['an origin of the gateway posts', 'POST', { 'sec-fetch-site': 'same-site', origin: ORIGIN }, 200],
    ['a client that names no origin posts', 'POST', {}, 403],
  ])('%s', async (_, method, sent, status) => {
    const headers = { ...cookie(guard.login()), ...sent };
    expect(await ask({ headers, method }, options)).toMatchObject({ status });
  });

  it('does not make bearer tokens subject to the cross-site rule', async () => {
    const headers = { ...bearer(guard.login()), ...evil };
    expect(await ask({ headers, method: 'POST' }, options)).toMatchObject({ status: 200 });
  });
});

describe('the sign-in page', () => {
  const options = { signInUrl: SIGN_IN };
  const page = { headers: { 'sec-fetch-mode': 'navigate' }, query: 'sign_in=1' };
  const expected = `${SIGN_IN}?return_to=${encodeURIComponent(`${ORIGIN}/orders?page=2`)}`;

  it('is where a navigation without a session goes, and returns from', async () => {
    expect(await ask(page, options)).toMatchObject({ status: 302, headers: { location: expected } });
  });

  it('is named in a header if the operator did not ask for redirects', async () => {
    const answer = await ask({ ...page, query: '' }, options);
    expect(answer).toMatchObject({ status: 401, headers: { 'latchkey-sign-in': expected } });
  });

  it.each<[string, Partial<GatewayRequest>, Partial<EdgeCheckOptions>]>([
    ['a script', { ...page, headers: { 'sec-fetch-mode': 'cors' } }, options],
    ['a client that is not a browser', { ...page, headers: {} }, options],
    ['a form', { ...page, method: 'POST' }, options],
    ['an unknown method', { ...page, method: undefined }, options],
    ['an edge without a sign-in page', page, {}],
  ])('is not where %s goes', async (_, request, edgeOptions) => {
    const answer = await ask(request, edgeOptions);
    expect(answer.status).toBe(401);
    expect(answer.headers).not.toHaveProperty('location');
    expect(answer.headers).not.toHaveProperty('latchkey-sign-in');
  });

  it('is not where a session without the role goes', async () => {
    const headers = { ...page.headers, ...bearer(guard.login()) };
    expect(await ask({ headers, query: 'sign_in=1&role=admin' }, options)).toMatchObject({ status: 403 });
  });

  it.each([
    { ...TARGET, host: 'evil.example' },
    { ...TARGET, host: 'app.example.com.evil.example' },
    { ...TARGET, host: 'app.example.com@evil.example' },
    { ...TARGET, host: 'app.example.com:8443' },
    { ...TARGET, host: 'app.example.com, evil.example' },
    { ...TARGET, scheme: 'http' },
    { ...TARGET, scheme: 'javascript' },
    { ...TARGET, uri: '@evil.example/' },
    { ...TARGET, uri: '.evil.example/' },
    { ...TARGET, uri: '' },
    undefined,
  ])('gets no address to return to from %j', async (target) => {
    expect(await ask({ ...page, target }, options)).toMatchObject({ headers: { location: SIGN_IN } });
  });

  it.each(['//evil.example/', '/\\evil.example', '/%2f%2fevil.example'])(
    'returns to the gateway for the path %s',
    async (uri) => {
      const answer = await ask({ ...page, target: { ...TARGET, uri } }, options);
      const returnTo = new URL(answer.headers.location ?? '').searchParams.get('return_to') ?? '';
      expect(new URL(returnTo).origin).toBe(ORIGIN);
    },
  );
});
