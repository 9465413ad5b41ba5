import type { Answer } from '../../support/answer.js';
import { Api, type Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { decodeJwt } from '../../support/decode-jwt.js';

const OWN = 'https://id.example.com';
const API = 'https://api.example.com';
const MAIL = 'https://mail.example.com';
const INVALID_TARGET = { status: 400, body: { code: 'invalid_target' } };

describe('the audience of access tokens', () => {
  let service: RunningApp;
  let api: Api;

  beforeAll(async () => {
    service = await startApp({ LATCHKEY_AUDIENCE: `${OWN},${API} ${MAIL}` });
    api = service.api;
  });

  afterAll(() => service?.close());

  const login = (email: string, resource?: unknown) =>
    api.call<Tokens>('POST', '/auth/login', {
      body: { email, password: 'correct horse battery', resource },
    });
  const refresh = (refresh_token: string, resource?: unknown) =>
    api.call<Tokens>('POST', '/auth/refresh', { body: { refresh_token, resource } });
  const audienceOf = ({ body }: Answer<Tokens>) => decodeJwt(body.access_token).aud;

  it('is every configured one if nothing is asked for', async () => {
    const { email } = await api.newcomer();
    for (const resource of [undefined, null]) {
      const opened = await login(email, resource);
      const refreshed = await refresh(opened.body.refresh_token, resource);
      expect([audienceOf(opened), audienceOf(refreshed)]).toEqual([
        [OWN, API, MAIL],
        [OWN, API, MAIL],
      ]);
      expect((await api.me(refreshed.body.access_token)).status).toBe(200);
    }
  });

  it('is what the login asks for, also after a refresh', async () => {
    const { email } = await api.newcomer();
    const opened = await login(email, [MAIL, OWN]);
    const first = await refresh(opened.body.refresh_token);
    const replayed = await refresh(opened.body.refresh_token);
    const second = await refresh(first.body.refresh_token);
    for (const answer of [opened, first, replayed, second]) expect(audienceOf(answer)).toEqual([OWN, MAIL]);
    expect((await api.me(second.body.access_token)).status).toBe(200);
  });

  it('is a string if it is one', async () => {
    const { email } = await api.newcomer();
    for (const resource of [API, [API]]) expect(audienceOf(await login(email, resource))).toBe(API);
  });

  it('does not include this service if the login did not ask for it', async () => {
    const { email } = await api.newcomer();
    const { body } = await login(email, API);
    expect(await api.me(body.access_token)).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  it('is narrowed by a refresh for that token only', async () => {
    const { email } = await api.newcomer();
    const opened = await login(email, [OWN, API]);
    const narrowed = await refresh(opened.body.refresh_token, API);
    expect(audienceOf(narrowed)).toBe(API);
    expect(audienceOf(await refresh(opened.body.refresh_token, OWN))).toBe(OWN);
    expect(audienceOf(await refresh(narrowed.body.refresh_token))).toEqual([OWN, API]);
  });

  it('is narrowed by a refresh of a session that did not ask for any', async () => {
    const { refresh_token } = await api.newcomer();
    expect(audienceOf(await refresh(refresh_token, MAIL))).toBe(MAIL);
  });

  it('cannot be more than what the login asked for, and the refresh token stays valid', async () => {
    const { email } = await api.newcomer();
    const { body } = await login(email, API);
    for (const resource of [OWN, [API, OWN]]) {
      expect(await refresh(body.refresh_token, resource)).toMatchObject(INVALID_TARGET);
    }
    expect(audienceOf(await refresh(body.refresh_token))).toBe(API);
  });

  it.each([
    'https://unknown.example.com',
    `${API}/`,
    `${API}#fragment`,
    '/relative',
    '',
    [],
    [API, 'https://unknown.example.com'],
  ])('cannot be %j', async (resource) => {
    const { email, refresh_token } = await api.newcomer();
    expect(await login(email, resource)).toMatchObject(INVALID_TARGET);
    expect(await refresh(refresh_token, resource)).toMatchObject(INVALID_TARGET);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it.each([
    [1],
    [{}],
    [[1]],
    [[[API]]],
    [[null]],
    [[API, '\u0000']],
    ['a'.repeat(3_000)],
    [Array.from({ length: 51 }, () => API)],
  ])('is refused as malformed for %j', async (resource) => {
    const { email, refresh_token } = await api.newcomer();
    const malformed = {
      status: 400,
      body: { code: expect.stringMatching(/^(validation_failed|malformed_body)$/) },
    };
    expect(await login(email, resource)).toMatchObject(malformed);
    expect(await refresh(refresh_token, resource)).toMatchObject(malformed);
  });

  it('stays the same after a change of the password', async () => {
    const { email } = await api.newcomer();
    const { body } = await login(email, [OWN, API]);
    const changed = await api.call<Tokens>('POST', '/auth/password/change', {
      token: body.access_token,
      body: { current_password: 'correct horse battery', new_password: 'staple of the battery' },
    });
    expect(audienceOf(changed)).toEqual([OWN, API]);
    expect(audienceOf(await refresh(changed.body.refresh_token))).toEqual([OWN, API]);
  });

  it('cannot be asked for with tokens in cookies', async () => {
    const browser = new Api(service.url, { origin: 'http://localhost:3000' });
    const { email } = await api.newcomer();
    const credentials = { email, password: 'correct horse battery', token_delivery: 'cookie' };
    const body = { ...credentials, resource: API };
    expect(await browser.call('POST', '/auth/login', { body })).toMatchObject(INVALID_TARGET);
    const opened = await browser.call('POST', '/auth/login', { body: credentials });
    const cookie = opened.headers
      .getSetCookie()
      .map((text) => text.split(';', 1)[0])
      .join('; ');
    const answer = await browser.call('POST', '/auth/refresh', {
      headers: { cookie },
      body: { resource: API },
    });
    expect(answer).toMatchObject(INVALID_TARGET);
    expect((await browser.call('POST', '/auth/refresh', { headers: { cookie } })).status).toBe(200);
  });
});
