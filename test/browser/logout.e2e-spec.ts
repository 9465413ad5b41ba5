import { type RunningApp, startApp } from '../support/app.js';
import { HttpBrowser } from '../support/http-browser.js';

const ORIGIN = 'https://id.example.com';
const ACCESS = '__Host-latchkey_access';
const CLEARED = [
  expect.stringMatching(/^__Host-latchkey_access=; Max-Age=0;/),
  expect.stringMatching(/^__Host-latchkey_refresh=; Max-Age=0;/),
];

describe('a logout', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp({ LATCHKEY_ISSUER: ORIGIN, LOGIN_ATTEMPTS_PER_ADDRESS: '1000' });
  });
  afterAll(() => service?.close());

  const browser = () => new HttpBrowser(service.url, ORIGIN);
  const reasonOf = async (sessionId: string) =>
    (await service.sql('SELECT ended_reason FROM sessions WHERE id = $1', [sessionId]))[0]?.ended_reason;
  const spoilt = (token = '') => `${token.slice(0, -6)}AAAAAA`;

  describe('of a browser', () => {
    it.each([
      ['without its access cookie', (chrome: HttpBrowser) => chrome.cookies.delete(ACCESS)],
      [
        'whose access cookie is refused',
        (chrome: HttpBrowser) =>
          chrome.cookies.set(ACCESS, { value: spoilt(chrome.cookie('access')?.value), attributes: [] }),
      ],
    ])('%s revokes the session of its refresh cookie', async (_, spoil) => {
      const chrome = browser();
      const { session_id } = await chrome.registerAndLogin();
      const before = chrome.copy();
      spoil(chrome);
      expect((await chrome.call('POST', '/auth/logout')).status).toBe(204);
      expect(await reasonOf(session_id)).toBe('logout');
      expect([...chrome.cookies.keys()]).toEqual(['__Host-latchkey_device']);
      expect(await before.me()).toMatchObject({ status: 401, body: { reason: 'logout' } });
      expect((await before.refresh()).status).toBe(401);
    });

    it('succeeds again, and clears the cookies, after its session has ended', async () => {
      const chrome = browser();
      await chrome.registerAndLogin();
      const copy = chrome.copy();
      await chrome.call('POST', '/auth/logout');
      const again = await copy.call('POST', '/auth/logout');
      expect(again.status).toBe(204);
      expect(again.headers.getSetCookie()).toEqual(CLEARED);
    });

    it('revokes both sessions if its access and its refresh cookie belong to different ones', async () => {
      const [chrome, other] = [browser(), browser()];
      const first = await chrome.registerAndLogin();
      const second = await other.registerAndLogin();
      const refresh = other.cookie('refresh');
      if (refresh) chrome.cookies.set('__Host-latchkey_refresh', refresh);
      expect((await chrome.call('POST', '/auth/logout')).status).toBe(204);
      expect(await reasonOf(first.session_id)).toBe('logout');
      expect(await reasonOf(second.session_id)).toBe('logout');
    });

    it('clears its access cookie when it has no other and that is refused', async () => {
      const chrome = browser();
      await chrome.registerAndLogin();
      const copy = chrome.copy();
      copy.cookies.delete('__Host-latchkey_refresh');
      await chrome.call('POST', '/auth/logout');
      const refused = await copy.call('POST', '/auth/logout');
      expect(refused.status).toBe(401);
      expect(refused.headers.getSetCookie()).toEqual(CLEARED.slice(0, 1));
    });

    it('clears its cookies when the body cannot be read', async () => {
      const chrome = browser();
      await chrome.registerAndLogin();
      const headers = { 'content-type': 'text/plain' };
      const refused = await chrome.call('POST', '/auth/logout', 'bye', { headers });
      expect(refused.status).toBe(415);
      expect(refused.headers.getSetCookie()).toEqual(CLEARED);
    });

    it.each([{ origin: 'https://evil.example' }, { origin: undefined, fetchSite: 'cross-site' }, {}])(
      'is refused, and its cookies are kept, when another site sends it: %j',
      async (source) => {
        const chrome = browser();
        const { session_id } = await chrome.registerAndLogin();
        chrome.cookies.delete(ACCESS);
        const refused = await chrome.call('POST', '/auth/logout', undefined, { source });
        expect(refused).toMatchObject({ status: 403, body: { code: 'cross_site_request' } });
        expect(refused.headers.getSetCookie()).toEqual([]);
        expect(await reasonOf(session_id)).toBeNull();
      },
    );

    it('does not let a refresh cookie admit any other request', async () => {
      const chrome = browser();
      await chrome.registerAndLogin();
      chrome.cookies.delete(ACCESS);
      for (const path of ['/devices', '/sessions/018f0000-0000-7000-8000-000000000000'])
        expect((await chrome.call('DELETE', path)).status).toBe(401);
      expect((await chrome.me()).status).toBe(401);
    });
  });

  describe('of a client with tokens', () => {
    const logout = (refresh_token: unknown, token?: string) =>
      service.api.call('POST', '/auth/logout', { body: { refresh_token }, ...(token && { token }) });

    it('revokes the session of the refresh token in the body, used or not', async () => {
      const { session_id, refresh_token } = await service.api.newcomer();
      expect((await logout(refresh_token)).status).toBe(204);
      expect(await reasonOf(session_id)).toBe('logout');
      expect((await logout(refresh_token)).status).toBe(204);
      const other = await service.api.newcomer();
      await service.api.refresh(other.refresh_token);
      expect((await logout(other.refresh_token)).status).toBe(204);
      expect(await reasonOf(other.session_id)).toBe('logout');
    });

    it('accepts the refresh token beside an access token that is refused', async () => {
      const { session_id, access_token, refresh_token } = await service.api.newcomer();
      expect((await logout(refresh_token, spoilt(access_token))).status).toBe(204);
      expect(await reasonOf(session_id)).toBe('logout');
    });

    it.each([
      ['forged', spoilt],
      ['an access token', async () => (await service.api.newcomer()).access_token],
      ['a number', () => 1],
      ['null', () => null],
    ])('is refused with a refresh token that is %s', async (_, made) => {
      const { session_id, refresh_token } = await service.api.newcomer();
      const refused = await logout(await made(refresh_token));
      expect(refused).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
      expect(await reasonOf(session_id)).toBeNull();
    });

    it('ignores other fields of the body', async () => {
      const { access_token } = await service.api.newcomer();
      const body = { refresh_token: 'none', everywhere: true };
      expect((await service.api.call('POST', '/auth/logout', { token: access_token, body })).status).toBe(
        204,
      );
    });
  });
});
