import { newDeviceToken } from '../../src/devices/device-token.js';
import { newEmail } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';
import { HttpBrowser } from '../support/http-browser.js';

const ORIGIN = 'https://id.example.com';
const DEVICE_COOKIE = '__Host-latchkey_device';

describe('a browser that several people use', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp({ LATCHKEY_ISSUER: ORIGIN, LOGIN_ATTEMPTS_PER_ADDRESS: '1000' });
  });
  afterAll(() => service?.close());

  const browser = () => new HttpBrowser(service.url, ORIGIN);
  const people = async (count: number) => {
    const emails = Array.from({ length: count }, newEmail);
    for (const email of emails) await service.api.register(email);
    return emails;
  };

  it('is one device of each of them, which no login reports as new', async () => {
    const shared = browser();
    const devices = new Map<string, Set<string>>();
    const emails = await people(3);
    for (let round = 0; round < 3; round++) {
      for (const email of emails) {
        const { body } = await shared.login(email);
        devices.set(email, (devices.get(email) ?? new Set()).add(body.device_id));
        const { text } = await shared.call('GET', '/security-events');
        expect(text).not.toContain('new_device_sign_in');
        await shared.call('POST', '/auth/logout');
      }
    }
    const ids = [...devices.values()].map((seen) => [...seen]);
    expect(ids.map((seen) => seen.length)).toEqual([1, 1, 1]);
    expect(new Set(ids.flat()).size).toBe(3);
  });

  it('stays the device of the others when one of them signs it out', async () => {
    const shared = browser();
    const [ada = '', bob = ''] = await people(2);
    const before = (await shared.login(ada)).body;
    await shared.login(bob);
    await shared.call('DELETE', '/devices');
    expect((await shared.login(ada)).body.device_id).toBe(before.device_id);
    expect((await shared.call('GET', '/devices')).body).toMatchObject({ devices: [{ current: true }] });
  });

  it('remembers a bounded number of people, and forgets the one who came least recently', async () => {
    const shared = browser();
    const emails = await people(9);
    const first = (await shared.login(emails[0] ?? '')).body.device_id;
    for (const email of emails.slice(1)) await shared.login(email);
    expect(shared.cookie('device')?.value.length).toBeLessThan(500);
    expect((await shared.login(emails[8] ?? '')).status).toBe(200);
    expect((await shared.login(emails[0] ?? '')).body.device_id).not.toBe(first);
  });

  it('ends the session of its cookies when another person logs in, and tells its user why', async () => {
    const shared = browser();
    const [ada = '', bob = ''] = await people(2);
    const replaced = (await shared.login(ada)).body;
    const before = shared.copy();
    expect((await shared.login(bob)).status).toBe(200);
    expect(await before.me()).toMatchObject({ status: 401, body: { reason: 'replaced' } });
    expect(await before.refresh()).toMatchObject({ status: 401, body: { reason: 'replaced' } });
    await shared.login(ada);
    const { body } = await shared.call<{ sessions: object[] }>('GET', '/sessions?status=ended');
    expect(body.sessions).toMatchObject([{ id: replaced.session_id, reason: 'replaced' }]);
  });

  it('logs in people who change places between two browsers at the same time', async () => {
    const [left, right] = [browser(), browser()];
    const [ada = '', bob = ''] = await people(2);
    await Promise.all([left.login(ada), right.login(bob)]);
    for (let round = 0; round < 5; round++) {
      const pair = round % 2 === 0 ? [bob, ada] : [ada, bob];
      const answers = await Promise.all([left.login(pair[0] ?? ''), right.login(pair[1] ?? '')]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    }
  });

  it('is recognised by a device cookie of an earlier version, with one token', async () => {
    const shared = browser();
    const { email, device_id, device_token } = await service.api.newcomer();
    shared.cookies.set(DEVICE_COOKIE, { value: device_token, attributes: [] });
    expect((await shared.login(email)).body.device_id).toBe(device_id);
  });

  it('keeps the device tokens that another service on the same host has set', async () => {
    const shared = browser();
    const foreign = newDeviceToken();
    shared.cookies.set(DEVICE_COOKIE, { value: foreign, attributes: [] });
    await shared.registerAndLogin();
    expect(shared.cookie('device')?.value).toMatch(new RegExp(`^lkd_[\\w-]{43}\\.${foreign}$`));
  });

  it.each(['', '.', 'x', `${'x.'.repeat(2_000)}x`, '%00', 'lkd_..lkd_'])(
    'replaces the device cookie %j',
    async (value) => {
      const shared = browser();
      shared.cookies.set(DEVICE_COOKIE, { value, attributes: [] });
      await shared.registerAndLogin();
      expect(shared.cookie('device')?.value).toMatch(/^lkd_[\w-]{43}$/);
    },
  );
});

describe('the cookies of another service on the same host', () => {
  let service: RunningApp;
  let foreign: HttpBrowser;

  beforeAll(async () => {
    const other = await startApp({ LATCHKEY_ISSUER: ORIGIN, LATCHKEY_SECRET: 'another secret '.repeat(4) });
    foreign = new HttpBrowser(other.url, ORIGIN);
    await foreign.registerAndLogin();
    await other.close();
    service = await startApp({ LATCHKEY_ISSUER: ORIGIN });
  });
  afterAll(() => service?.close());

  const withForeign = () => {
    const chrome = new HttpBrowser(service.url, ORIGIN);
    for (const [name, cookie] of foreign.cookies) chrome.cookies.set(name, cookie);
    return chrome;
  };

  it.each(['GET /auth/me', 'POST /auth/refresh', 'POST /auth/logout', 'DELETE /devices'])(
    'are not accepted by %s, and not cleared',
    async (call) => {
      const [method = '', path = ''] = call.split(' ');
      const answer = await withForeign().call(method, path);
      expect(answer.status).toBe(401);
      expect(answer.headers.getSetCookie()).toEqual([]);
    },
  );

  it('do not hinder a login', async () => {
    const chrome = withForeign();
    await chrome.registerAndLogin();
    expect((await chrome.me()).status).toBe(200);
  });

  it('are ignored beside cookies of this service', async () => {
    const chrome = withForeign();
    await chrome.registerAndLogin();
    for (const cookie of [
      `${foreign.cookieHeader}; ${chrome.cookieHeader}`,
      `${chrome.cookieHeader}; ${foreign.cookieHeader}`,
    ]) {
      expect((await chrome.call('GET', '/auth/me', undefined, { headers: { cookie } })).status).toBe(200);
      expect((await chrome.call('POST', '/auth/refresh', undefined, { headers: { cookie } })).status).toBe(
        200,
      );
    }
  });
});
