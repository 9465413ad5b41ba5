import type { Answer } from '../../support/answer.js';
import type { Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { type ADDRESSES, type BROWSERS, clientHeaders } from '../../support/clients.js';
import { EventSource } from '../../support/event-source.js';

type Browser = keyof typeof BROWSERS;
type Address = keyof typeof ADDRESSES;

interface EventAnswer {
  readonly kind: string;
  readonly session_id: string | null;
  readonly place: string | null;
  readonly detail: Record<string, unknown>;
}

let service: RunningApp;
const start =
  (env: Record<string, string> = {}) =>
  async () => {
    service = await startApp({ TRUST_PROXY: 'true', ...env });
  };
const stop = () => service?.close();

const from = (browser: Browser, address: Address = 'bremen') => clientHeaders(browser, address);

/** Registers a user and logs in with this client. */
async function loggedInUser(browser: Browser, address: Address = 'bremen') {
  const { email } = await service.api.newcomer();
  const { status, body } = await login(email, from(browser, address));
  expect(status).toBe(200);
  return { email, ...body };
}

const login = (email: string, headers: Record<string, string>, body: object = {}) =>
  service.api.call<Tokens>('POST', '/auth/login', {
    headers,
    body: { email, password: 'correct horse battery', ...body },
  });

const use = ({ access_token: token }: Tokens, headers: Record<string, string>) =>
  service.api.call('GET', '/auth/me', { token, headers });

const refresh = ({ refresh_token }: Tokens, headers: Record<string, string>) =>
  service.api.call<Tokens>('POST', '/auth/refresh', { headers, body: { refresh_token } });

/** The security events of the account, read with a new session, without those about new devices. */
async function eventsOf(email: string): Promise<EventAnswer[]> {
  const { access_token: token } = await service.api.session(email);
  const { body } = await service.api.call<{ events: EventAnswer[] }>('GET', '/security-events', { token });
  return body.events.filter(({ kind }) => kind !== 'new_device_sign_in');
}

const expectEnded = ({ status, body }: Answer<unknown>, code = 'session_revoked') =>
  expect({ status, body }).toMatchObject({ status: 401, body: { code, reason: 'suspicious' } });

describe('a session used by its owner', () => {
  beforeAll(start());
  afterAll(stop);

  it.each<[string, Browser, Browser]>([
    ['whose browser was updated', 'chromeOnWindows', 'newerChromeOnWindows'],
    ['whose browser was rolled back', 'newerChromeOnWindows', 'chromeOnWindows'],
    ['who requests desktop sites on a phone', 'chromeOnAndroid', 'chromeOnAndroidAskingForDesktop'],
    ['who requests desktop sites on a tablet', 'safariOnIpad', 'safariOnIpadAskingForDesktop'],
    ['who returns to mobile sites on a tablet', 'safariOnIpadAskingForDesktop', 'safariOnIpad'],
  ])('%s stays active', async (_who, before, after) => {
    const tokens = await loggedInUser(before);
    expect((await use(tokens, from(before))).status).toBe(200);
    for (let i = 0; i < 2; i++) expect((await use(tokens, from(after))).status).toBe(200);
    expect((await refresh(tokens, from(after))).status).toBe(200);
    expect(await eventsOf(tokens.email)).toEqual([]);
  });

  it('stays active when a mobile network routes it to the other side of the country', async () => {
    const tokens = await loggedInUser('chromeOnAndroid', 'stanford');
    for (const address of ['massachusetts', 'stanford', 'massachusetts'] as const)
      expect((await use(tokens, from('chromeOnAndroid', address))).status).toBe(200);
    expect(await eventsOf(tokens.email)).toEqual([]);
  });

  it('stays active when a VPN is turned on and off, with one notification', async () => {
    const tokens = await loggedInUser('chromeOnWindows');
    for (const address of ['tokyo', 'bremen', 'tokyo', 'tokyo', 'bremen'] as const)
      expect((await use(tokens, from('chromeOnWindows', address))).status).toBe(200);
    expect(await eventsOf(tokens.email)).toEqual([
      expect.objectContaining({
        kind: 'impossible_travel',
        session_id: tokens.session_id,
        place: 'Chiyoda City, Japan',
        detail: {
          suspicion: 'impossible_travel',
          action: 'notify',
          client: 'Chrome 140 on Windows',
          country_code: 'JP',
          before: { place: 'Bremen, Germany', client: 'Chrome on Windows' },
          now: { place: 'Chiyoda City, Japan', client: 'Chrome on Windows' },
        },
      }),
    ]);
  });

  it('stays active when many requests come from the VPN at once, with one notification', async () => {
    const tokens = await loggedInUser('chromeOnWindows');
    const away = from('chromeOnWindows', 'tokyo');
    const answers = await Promise.all(Array.from({ length: 20 }, () => use(tokens, away)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await eventsOf(tokens.email)).map(({ kind }) => kind)).toEqual(['impossible_travel']);
  });

  it('stays active when a backend acts for its owner, with one notification', async () => {
    const tokens = await loggedInUser('chromeOnWindows');
    const backend = { 'user-agent': 'node', 'x-forwarded-for': '134.102.20.20' };
    for (const client of [backend, from('chromeOnWindows'), backend])
      expect((await use(tokens, client)).status).toBe(200);
    expect(await eventsOf(tokens.email)).toEqual([
      expect.objectContaining({
        kind: 'client_changed',
        detail: expect.objectContaining({ suspicion: 'client_scripted', action: 'notify' }),
      }),
    ]);
  });

  it('stays active when an app uses several HTTP libraries and an embedded browser', async () => {
    const { email } = await service.api.newcomer();
    const { body: tokens } = await login(email, { 'user-agent': 'MyBank/3.2 CFNetwork/1496 Darwin/23.5.0' });
    for (const userAgent of ['okhttp/4.12.0', clientHeaders('safariOnIpad', 'bremen')['user-agent'] ?? ''])
      expect((await use(tokens, { 'user-agent': userAgent })).status).toBe(200);
    expect(await eventsOf(email)).toEqual([]);
  });

  it('shows where it was opened and last used, and no location for a private address', async () => {
    const tokens = await loggedInUser('chromeOnAndroid', 'stanford');
    const home = await service.api.session(tokens.email);
    await use(tokens, from('chromeOnAndroid', 'massachusetts'));
    await refresh(tokens, from('chromeOnAndroid', 'massachusetts'));
    const { body } = await service.api.call<{ devices: object[] }>('GET', '/devices', {
      token: home.access_token,
    });
    const at = (city: string) => ({ country: 'United States', country_code: 'US', city });
    const sessions = [{ place: at('Cambridge'), login_place: at('Stanford') }];
    expect(body.devices).toEqual([
      expect.objectContaining({ current: true, address: '127.0.0.1', place: null }),
      expect.objectContaining({ place: at('Cambridge'), sessions: [expect.objectContaining(sessions[0])] }),
      expect.anything(),
    ]);
  });

  it('does not adopt the location of a client that only opens a stream', async () => {
    const tokens = await loggedInUser('chromeOnWindows');
    const { access_token: token } = tokens;
    const stream = { token, headers: from('chromeOnWindows', 'tokyo') };
    await service.sql(`UPDATE sessions SET last_seen_at = now() - interval '1 day' WHERE id = $1`, [
      tokens.session_id,
    ]);
    expect((await service.api.call('HEAD', '/account/events', stream)).status).toBe(200);
    const { body } = await service.api.call<{ devices: object[] }>('GET', '/devices', {
      token,
      headers: from('chromeOnWindows'),
    });
    expect(body.devices[0]).toMatchObject({ place: { country_code: 'DE' } });
    const [row] = await service.sql('SELECT countries FROM sessions WHERE id = $1', [tokens.session_id]);
    expect(row).toEqual({ countries: ['DE'] });
    expect(await eventsOf(tokens.email)).toEqual([]);
  });

  it('ignores an X-Forwarded-For value that has no public location', async () => {
    const tokens = await loggedInUser('chromeOnWindows');
    for (const claimed of ['unknown', `${'9'.repeat(2_000)}`, '10.0.0.1', '::1', 'fe80::1%eth0']) {
      const headers = { ...from('chromeOnWindows'), 'x-forwarded-for': claimed };
      expect((await use(tokens, headers)).status).toBe(200);
    }
    expect(await eventsOf(tokens.email)).toEqual([]);
  });
});

describe('a session used by a thief', () => {
  beforeAll(start({ SUSPICION_ACTIONS: 'impossible_travel:end,client_scripted:end' }));
  afterAll(stop);

  it.each<[string, Browser, Record<string, string>, string]>([
    ['another browser', 'chromeOnWindows', from('firefoxOnWindows'), 'client_changed'],
    ['another system', 'chromeOnWindows', from('chromeOnAndroid'), 'client_changed'],
    ['another browser and system', 'safariOnMac', from('firefoxOnLinux'), 'client_changed'],
    ['a script', 'chromeOnWindows', { ...from('firefoxOnLinux'), 'user-agent': 'curl/8' }, 'client_scripted'],
    ['the other side of the world', 'safariOnMac', from('safariOnMac', 'tokyo'), 'impossible_travel'],
  ])('is revoked at the first request from %s', async (_what, browser, thief, suspicion) => {
    const tokens = await loggedInUser(browser);
    expect((await use(tokens, from(browser))).status).toBe(200);
    expectEnded(await use(tokens, thief));
    expectEnded(await use(tokens, from(browser)));
    expectEnded(await refresh(tokens, from(browser)), 'invalid_grant');
    expect(await eventsOf(tokens.email)).toEqual([
      expect.objectContaining({
        kind: 'session_ended_suspicious',
        session_id: tokens.session_id,
        detail: expect.objectContaining({ suspicion, action: 'end' }),
      }),
    ]);
  });

  it.each<[string, Record<string, string>]>([
    ['another browser', from('firefoxOnWindows')],
    ['the other side of the world', from('chromeOnWindows', 'tokyo')],
  ])('is revoked at the first stream opened from %s, and open pages are notified', async (_what, thief) => {
    const tokens = await loggedInUser('chromeOnWindows');
    const { access_token: other } = await service.api.session(tokens.email);
    const page = await EventSource.open(service.url, { authorization: `Bearer ${other}` });
    const notified = page.next('changed');
    expectEnded(
      await service.api.call('GET', '/account/events', { token: tokens.access_token, headers: thief }),
    );
    await notified;
    page.leave();
    expectEnded(await use(tokens, from('chromeOnWindows')));
    expect((await eventsOf(tokens.email)).map(({ kind }) => kind)).toEqual(['session_ended_suspicious']);
  });

  it('is revoked before its refresh token is exchanged', async () => {
    const tokens = await loggedInUser('chromeOnWindows');
    expectEnded(await refresh(tokens, from('firefoxOnLinux', 'tokyo')), 'invalid_grant');
    expectEnded(await use(tokens, from('chromeOnWindows')));
  });

  it('is revoked once and grants none of many concurrent requests', async () => {
    const tokens = await loggedInUser('chromeOnWindows');
    await use(tokens, from('chromeOnWindows'));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => use(tokens, from('firefoxOnLinux', 'tokyo'))),
    );
    for (const answer of answers) expectEnded(answer);
    expect(await eventsOf(tokens.email)).toHaveLength(1);
  });

  it('is listed among the ended sessions with its device and location', async () => {
    const tokens = await loggedInUser('chromeOnWindows');
    await use(tokens, from('firefoxOnLinux'));
    const { access_token: token } = await service.api.session(tokens.email);
    const ended = await service.api.call<{ sessions: object[] }>('GET', '/sessions?status=ended', { token });
    expect(ended.body.sessions).toEqual([
      {
        id: tokens.session_id,
        device_id: tokens.device_id,
        device_name: 'Chrome on Windows',
        device_kind: 'desktop',
        created_at: expect.any(String),
        last_seen_at: expect.any(String),
        ended_at: expect.any(String),
        reason: 'suspicious',
        address: '134.102.20.20',
        place: { country: 'Germany', country_code: 'DE', city: 'Bremen' },
        login_place: { country: 'Germany', country_code: 'DE', city: 'Bremen' },
      },
    ]);
  });

  it('stays active after a journey at a plausible speed, and its new country is known from then on', async () => {
    const tokens = await loggedInUser('chromeOnAndroid');
    await service.sql(`UPDATE sessions SET last_seen_at = last_seen_at - interval '13 hours' WHERE id = $1`, [
      tokens.session_id,
    ]);
    for (const address of ['tokyo', 'bremen', 'tokyo', 'bremen'] as const)
      expect((await use(tokens, from('chromeOnAndroid', address))).status).toBe(200);
    expect(await eventsOf(tokens.email)).toEqual([]);
  });
});

describe('a session with the bank policy', () => {
  beforeAll(start({ LATCHKEY_POLICY: 'bank' }));
  afterAll(stop);

  it('requires a new login after impossible travel, wherever it is used from', async () => {
    const tokens = await loggedInUser('chromeOnWindows');
    expect((await use(tokens, from('chromeOnWindows'))).status).toBe(200);
    for (const address of ['tokyo', 'tokyo', 'bremen'] as const) {
      const { status, body, headers } = await use(tokens, from('chromeOnWindows', address));
      expect({ status, code: body.code }).toEqual({ status: 401, code: 'insufficient_user_authentication' });
      expect(headers.get('www-authenticate')).toContain('error="insufficient_user_authentication"');
    }
    const refreshed = await refresh(tokens, from('chromeOnWindows'));
    expect({ status: refreshed.status, body: refreshed.body }).toMatchObject({
      status: 401,
      body: { code: 'insufficient_user_authentication' },
    });
    const [row] = await service.sql('SELECT status FROM sessions WHERE id = $1', [tokens.session_id]);
    expect(row).toEqual({ status: 'active' });

    const again = await login(tokens.email, from('chromeOnWindows', 'tokyo'));
    expect((await use(again.body, from('chromeOnWindows', 'tokyo'))).status).toBe(200);
    expect((await eventsOf(tokens.email)).map(({ kind }) => kind)).toEqual(['impossible_travel']);
  });

  it('requires it once, with one notification, after many concurrent requests', async () => {
    const tokens = await loggedInUser('chromeOnWindows');
    const away = from('chromeOnWindows', 'tokyo');
    const answers = await Promise.all(Array.from({ length: 20 }, () => use(tokens, away)));
    expect(new Set(answers.map(({ body }) => body.code))).toEqual(
      new Set(['insufficient_user_authentication']),
    );
    expect((await eventsOf(tokens.email)).map(({ kind }) => kind)).toEqual(['impossible_travel']);
  });

  it('refuses a thief who has only used its refresh token', async () => {
    const tokens = await loggedInUser('chromeOnWindows');
    expect((await refresh(tokens, from('chromeOnWindows', 'tokyo'))).body).toMatchObject({
      code: 'insufficient_user_authentication',
    });
  });

  it('signs out the device whose token another browser presents, and treats that browser as a new device', async () => {
    const mine = await loggedInUser('chromeOnWindows');
    const theirs = await login(mine.email, from('firefoxOnLinux'), { device_token: mine.device_token });
    expect(theirs.status).toBe(200);
    expect(theirs.body.device_id).not.toBe(mine.device_id);
    const back = await login(mine.email, from('chromeOnWindows'), { device_token: mine.device_token });
    expect(back.body.device_id).not.toBe(mine.device_id);
    expect((await eventsOf(mine.email)).map(({ kind }) => kind)).toEqual(['device_token_shared']);
  });

  it('refuses a guessed password like a wrong one and notifies the owner', async () => {
    const { email, device_token } = await loggedInUser('chromeOnWindows');
    const guess = (password: string) => login(email, from('firefoxOnLinux', 'tokyo'), { password });
    for (let i = 0; i < 5; i++) await guess(`guess number ${i}`);
    const wrong = await guess('guess number 6');
    const right = await guess('correct horse battery');
    expect({ status: right.status, text: right.text }).toEqual({ status: wrong.status, text: wrong.text });
    const known = await login(email, from('chromeOnWindows'), { device_token });
    expect(known.status).toBe(200);
    const { body } = await service.api.call<{ events: EventAnswer[] }>('GET', '/security-events', {
      token: known.body.access_token,
      headers: from('chromeOnWindows'),
    });
    expect(body.events[0]).toMatchObject({
      kind: 'sign_in_after_failures',
      session_id: null,
      place: 'Chiyoda City, Japan',
      detail: { failures: 6, action: 'end' },
    });
  });
});

describe('a login with the social policy', () => {
  beforeAll(start());
  afterAll(stop);

  it('with a copied device token counts as a new device and revokes nothing', async () => {
    const mine = await loggedInUser('chromeOnWindows');
    const theirs = await login(mine.email, from('firefoxOnLinux'), { device_token: mine.device_token });
    expect(theirs.body.device_id).not.toBe(mine.device_id);
    expect(theirs.body.device_token).not.toBe(mine.device_token);
    expect((await use(mine, from('chromeOnWindows'))).status).toBe(200);
    const back = await login(mine.email, from('newerChromeOnWindows'), { device_token: mine.device_token });
    expect(back.body.device_id).toBe(mine.device_id);
    expect((await eventsOf(mine.email)).map(({ kind }) => kind)).toEqual(['device_token_shared']);
  });

  it('after several wrong passwords succeeds with a notification, on a known device without one', async () => {
    const mine = await loggedInUser('chromeOnWindows');
    const fail = async (body: object) => {
      for (let i = 0; i < 5; i++)
        await login(mine.email, from('chromeOnWindows'), { password: 'not that one', ...body });
    };
    await fail({ device_token: mine.device_token });
    expect(
      (await login(mine.email, from('chromeOnWindows'), { device_token: mine.device_token })).status,
    ).toBe(200);
    expect(await eventsOf(mine.email)).toEqual([]);
    await fail({});
    expect((await login(mine.email, from('chromeOnWindows'))).status).toBe(200);
    expect(await eventsOf(mine.email)).toEqual([
      expect.objectContaining({
        kind: 'sign_in_after_failures',
        detail: expect.objectContaining({ failures: 5 }),
      }),
    ]);
  });
});
