import { DataSource } from 'typeorm';
import { type RunningApp, startApp } from '../support/app.js';
import { HttpBrowser } from '../support/http-browser.js';
import { sendRaw } from '../support/raw-http.js';
import { untilBlocking } from '../support/until-blocking.js';

const ORIGIN = 'https://id.example.com';
const TOKEN_LIKE = /eyJ|lkr_|lkd_/;

describe('a browser that logs in with cookies', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp({ LATCHKEY_ISSUER: ORIGIN, LOGIN_ATTEMPTS_PER_ADDRESS: '1000' });
  });
  afterAll(() => service?.close());

  const browser = () => new HttpBrowser(service.url, ORIGIN);
  const activeSessions = async (email: string) =>
    service.sql(
      `SELECT s.id, s.status, s.ended_reason FROM sessions s JOIN users u ON u.id = s.user_id
       WHERE u.email = $1 ORDER BY s.id`,
      [email],
    );

  it('receives its session id, and no token in any response body', async () => {
    const chrome = browser();
    const { email } = await chrome.registerAndLogin();
    const answers = [
      await chrome.login(email),
      await chrome.me(),
      await chrome.refresh(),
      await chrome.call('GET', '/devices'),
      await chrome.call('GET', '/sessions'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    for (const { text } of answers) expect(text).not.toMatch(TOKEN_LIKE);
    expect(Object.keys(answers[0]?.body ?? {}).sort()).toEqual([
      'device_id',
      'expires_in',
      'session_absolute_expires_at',
      'session_expires_at',
      'session_id',
    ]);
    // A refresh is a use, which postpones the end.
    expect(answers[2]?.body).toEqual({ ...answers[0]?.body, session_expires_at: expect.any(String) });
  });

  it('receives cookies limited to this host, HTTPS and this site, and hidden from scripts', async () => {
    const chrome = browser();
    await chrome.registerAndLogin();
    expect([...chrome.cookies.keys()].sort()).toEqual([
      '__Host-latchkey_access',
      '__Host-latchkey_device',
      '__Host-latchkey_refresh',
    ]);
    const ages = { access: 900, refresh: 60 * 86_400 + 900, device: 400 * 86_400 };
    for (const [kind, maxAge] of Object.entries(ages)) {
      expect(chrome.cookie(kind)?.attributes).toEqual([
        `max-age=${maxAge}`,
        'path=/',
        'httponly',
        'secure',
        'samesite=strict',
      ]);
    }
  });

  it.each(['', 'cookies', 'COOKIE', 'header', 1, true, ['cookie'], {}])(
    'is refused when it asks for the unknown token delivery %j',
    async (token_delivery) => {
      const answer = await browser().login('ada@example.org', { token_delivery });
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
      expect(answer.headers.getSetCookie()).toEqual([]);
    },
  );

  it.each(['body', null, undefined])(
    'receives tokens in the body and no cookies when it asks for the token delivery %j',
    async (token_delivery) => {
      const chrome = browser();
      const { email } = await chrome.registerAndLogin();
      const answer = await browser().login(email, { token_delivery });
      expect(answer.body).toMatchObject({
        access_token: expect.any(String),
        device_token: expect.any(String),
      });
      expect(answer.headers.getSetCookie()).toEqual([]);
    },
  );

  it('never receives the device token from its cookie in a response body, even if it logs in for body tokens', async () => {
    const chrome = browser();
    const { email, device_id } = await chrome.registerAndLogin();
    const { value } = chrome.cookie('device') ?? {};
    const answer = await chrome.login(email, { token_delivery: 'body' });
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain(value);
    expect(answer.body.device_id).not.toBe(device_id);
  });

  it('is recognized as the same device when it logs in again after a logout', async () => {
    const chrome = browser();
    const { email, device_id } = await chrome.registerAndLogin();
    expect((await chrome.call('POST', '/auth/logout')).status).toBe(204);
    const again = await chrome.login(email);
    expect(again.body.device_id).toBe(device_id);
  });

  it('loses its token cookies at logout, but keeps its device cookie', async () => {
    const chrome = browser();
    await chrome.registerAndLogin();
    const before = chrome.copy();
    const answer = await chrome.call('POST', '/auth/logout');
    expect(answer.status).toBe(204);
    expect([...chrome.cookies.keys()]).toEqual(['__Host-latchkey_device']);
    for (const line of answer.headers.getSetCookie()) {
      expect(line).toMatch(
        /^__Host-latchkey_(access|refresh)=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      );
    }
    expect((await before.me()).body).toMatchObject({ code: 'session_revoked', reason: 'logout' });
  });

  it.each(['DELETE /devices', 'DELETE /devices/{device_id}', 'DELETE /sessions/{session_id}'])(
    'loses its token cookies with the response to %s',
    async (call) => {
      const chrome = browser();
      const mine = await chrome.registerAndLogin();
      const [method = '', path = ''] = call
        .replace('{device_id}', mine.device_id)
        .replace('{session_id}', mine.session_id)
        .split(' ');
      expect((await chrome.call(method, path)).status).toBe(204);
      expect([...chrome.cookies.keys()]).toEqual(['__Host-latchkey_device']);
    },
  );

  it('keeps its token cookies when it terminates all other devices', async () => {
    const chrome = browser();
    const { email } = await chrome.registerAndLogin();
    await browser().login(email);
    expect((await chrome.call('DELETE', '/devices?except=current')).status).toBe(204);
    expect((await chrome.me()).status).toBe(200);
  });

  it('loses its token cookies with the first refusal after its session was revoked elsewhere', async () => {
    const chrome = browser();
    const { email } = await chrome.registerAndLogin();
    const phone = await service.api.session(email);
    await service.api.end(phone.access_token, '/devices?except=current');
    expect(await chrome.me()).toMatchObject({ status: 401, body: { code: 'session_revoked' } });
    expect([...chrome.cookies.keys()]).toEqual(['__Host-latchkey_device']);
  });

  it('loses its token cookies when a refresh is refused for good', async () => {
    const chrome = browser();
    const { session_id } = await chrome.registerAndLogin();
    await service.sql(`UPDATE sessions SET status = 'revoked' WHERE id = $1`, [session_id]);
    expect(await chrome.refresh()).toMatchObject({ status: 401, body: { code: 'invalid_grant' } });
    expect([...chrome.cookies.keys()]).toEqual(['__Host-latchkey_device']);
  });

  it('keeps its refresh cookie when only its access token is invalid', async () => {
    const chrome = browser();
    await chrome.registerAndLogin();
    const { value = '', attributes = [] } = chrome.cookie('access') ?? {};
    chrome.cookies.set('__Host-latchkey_access', { value: `${value.slice(0, -6)}AAAAAA`, attributes });
    expect(await chrome.me()).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    expect((await chrome.refresh()).status).toBe(200);
    expect((await chrome.me()).status).toBe(200);
  });

  describe('that logs in again', () => {
    it('receives a new session, and its former one is revoked (no session fixation)', async () => {
      const chrome = browser();
      const first = await chrome.registerAndLogin();
      const before = chrome.copy();
      const second = await chrome.login(first.email);
      expect(second.body.session_id).not.toBe(first.session_id);
      expect(second.body.device_id).toBe(first.device_id);
      expect(await activeSessions(first.email)).toMatchObject([
        { id: first.session_id, status: 'revoked', ended_reason: 'replaced' },
        { id: second.body.session_id, status: 'active' },
      ]);
      const refused = await before.me();
      expect(refused).toMatchObject({ status: 401, body: { code: 'session_revoked', reason: 'replaced' } });
      // The cookies are not cleared, because the browser already has newer ones.
      expect(refused.headers.getSetCookie()).toEqual([]);
      expect((await chrome.me()).status).toBe(200);
    });

    it('does not adopt a session that an attacker planted', async () => {
      const attacker = browser();
      const planted = await attacker.registerAndLogin();
      const victim = attacker.copy();
      const { email } = await browser().registerAndLogin();
      const own = await victim.login(email);
      expect(own.body.session_id).not.toBe(planted.session_id);
      expect(own.body.device_id).not.toBe(planted.device_id);
      expect(await attacker.me()).toMatchObject({ status: 401, body: { reason: 'replaced' } });
      expect((await victim.me()).body).toMatchObject({ user: { email } });
    });

    it.each([
      ['is forged', (token: string) => `${token.slice(0, -2)}AA`],
      ['is sent twice', (token: string) => `${token}; __Host-latchkey_refresh=${token}`],
    ])('revokes nothing when its refresh cookie %s', async (_, spoil) => {
      const chrome = browser();
      const { email, session_id } = await chrome.registerAndLogin();
      const { value = '', attributes = [] } = chrome.cookie('refresh') ?? {};
      chrome.cookies.set('__Host-latchkey_refresh', { value: spoil(value), attributes });
      expect((await chrome.login(email)).status).toBe(200);
      expect((await activeSessions(email))[0]).toMatchObject({ id: session_id, status: 'active' });
    });

    it('revokes nothing when the password is wrong', async () => {
      const chrome = browser();
      const { email } = await chrome.registerAndLogin();
      expect((await chrome.login(email, { password: 'not the one' })).status).toBe(401);
      expect((await chrome.me()).status).toBe(200);
    });
  });

  describe('that changes its password', () => {
    const change = (chrome: HttpBrowser) =>
      chrome.call<{ session_id: string; device_id: string }>('POST', '/auth/password/change', {
        current_password: 'correct horse battery',
        new_password: 'brand new horse battery',
      });

    it('receives the cookies of a new session, and copies of its old ones are refused', async () => {
      const chrome = browser();
      const before = await chrome.registerAndLogin();
      const thief = chrome.copy();
      const { status, text, body } = await change(chrome);
      expect(status).toBe(200);
      expect(text).not.toMatch(TOKEN_LIKE);
      expect(body).toEqual({
        expires_in: 900,
        session_expires_at: expect.any(String),
        session_absolute_expires_at: expect.any(String),
        session_id: expect.any(String),
        device_id: before.device_id,
      });
      expect((await chrome.me()).body).toMatchObject({ session: { id: body.session_id } });
      expect((await chrome.refresh()).status).toBe(200);
      for (const stolen of [await thief.me(), await thief.refresh()]) {
        expect(stolen).toMatchObject({ status: 401, body: { reason: 'replaced' } });
        // In another tab of the same browser, that would clear the new cookies.
        expect(stolen.headers.getSetCookie()).toEqual([]);
      }
    });

    it('keeps its new cookies when the answer to an earlier request arrives late', async () => {
      const chrome = browser();
      await chrome.registerAndLogin();
      const tab = chrome.copy();
      let late: ReturnType<typeof tab.call> | undefined;
      await service.app.get(DataSource).transaction(async (manager) => {
        // The change of a password writes no mail while the address is unconfirmed.
        await manager.query('LOCK TABLE mail_outbox IN EXCLUSIVE MODE');
        late = tab.call('POST', '/auth/email/resend');
        await untilBlocking(manager, 'the request');
        expect((await change(chrome)).status).toBe(200);
      });
      const answer = await late;
      expect([answer?.status, answer?.headers.getSetCookie()]).toEqual([202, []]);
      expect((await chrome.me()).status).toBe(200);
    });
  });

  describe('that refreshes', () => {
    it('receives the same successor in all of its tabs', async () => {
      const chrome = browser();
      const { session_id } = await chrome.registerAndLogin();
      const old = chrome.cookie('refresh')?.value;
      const tabs = Array.from({ length: 20 }, () => chrome.copy());
      const answers = await Promise.all(tabs.map((tab) => tab.refresh()));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(new Set(tabs.map((tab) => tab.cookie('refresh')?.value)).size).toBe(1);
      expect(tabs[0]?.cookie('refresh')?.value).not.toBe(old);
      expect(
        await service.sql('SELECT refresh_generation FROM sessions WHERE id = $1', [session_id]),
      ).toEqual([{ refresh_generation: 1 }]);
      for (const tab of tabs) expect((await tab.me()).status).toBe(200);
    });

    it('is signed out together with the thief when an older refresh cookie is reused', async () => {
      const chrome = browser();
      await chrome.registerAndLogin();
      const thief = chrome.copy();
      await chrome.refresh();
      await chrome.refresh();
      expect(await thief.refresh()).toMatchObject({
        status: 401,
        body: { code: 'invalid_grant', reason: 'refresh_reuse' },
      });
      expect(await chrome.me()).toMatchObject({ status: 401, body: { reason: 'refresh_reuse' } });
      expect(thief.cookie('refresh')).toBeUndefined();
    });

    it('receives body tokens for a body token, with its cookies unchanged', async () => {
      const chrome = browser();
      const { email } = await chrome.registerAndLogin();
      const { refresh_token } = await service.api.session(email);
      const answer = await chrome.call('POST', '/auth/refresh', { refresh_token });
      expect(answer.body).toMatchObject({ refresh_token: expect.stringMatching(/^lkr_/) });
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect((await chrome.refresh()).status).toBe(200);
    });

    it('gets 401 without a refresh cookie, while a client without cookies gets 400 for the missing field', async () => {
      expect(await browser().refresh()).toMatchObject({ status: 401, body: { code: 'invalid_grant' } });
      for (const body of [undefined, {}, { refresh_token: null }]) {
        expect(await service.api.call('POST', '/auth/refresh', { body })).toMatchObject({
          status: 400,
          body: { code: 'validation_failed', errors: [{ field: 'refresh_token' }] },
        });
      }
    });
  });

  describe('whose request has', () => {
    it('a cookie and an Authorization header is authenticated by the header', async () => {
      const chrome = browser();
      await chrome.registerAndLogin();
      const other = await service.api.newcomer();
      const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
      const answer = await chrome.call('GET', '/auth/me', undefined, bearer(other.access_token));
      expect(answer.body).toMatchObject({ user: { email: other.email } });
      expect((await chrome.call('GET', '/auth/me', undefined, bearer('none'))).status).toBe(401);
      // The logout revoked the header's session, so the cookies of the other session stay.
      const logout = await chrome.call('POST', '/auth/logout', undefined, bearer(other.access_token));
      expect(logout.headers.getSetCookie()).toEqual([]);
      expect((await chrome.me()).status).toBe(200);
    });

    it('a cookie and an Authorization header of another scheme is authenticated by the cookie', async () => {
      const chrome = browser();
      await chrome.registerAndLogin();
      const headers = { authorization: 'Basic c3RhZ2luZzpzdGFnaW5n' };
      expect((await chrome.call('GET', '/auth/me', undefined, { headers })).status).toBe(200);
      expect((await chrome.call('POST', '/auth/refresh', undefined, { headers })).status).toBe(200);
    });

    it.each(['\xa0', '\x85', '\xc2\xa0', '='])(
      'a cookie whose name has %j before the protected prefix is not authenticated by it',
      async (before) => {
        const chrome = browser();
        await chrome.registerAndLogin();
        const port = Number(new URL(service.url).port);
        const me = (cookie: string) =>
          sendRaw(port, `GET /auth/me HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`);
        const access = chrome.cookieHeader.split('; ').find((pair) => pair.includes('_access=')) ?? '';
        expect((await me(access)).status).toBe(200);
        expect((await me(before + access)).status).toBe(401);
        expect((await me(`${before}__Host-latchkey_access=planted; ${access}`)).status).toBe(200);
      },
    );

    it('two access cookies or two refresh cookies is refused, in either order (cookie tossing)', async () => {
      const chrome = browser();
      await chrome.registerAndLogin();
      const evil = browser();
      await evil.registerAndLogin();
      for (const cookie of [
        `${chrome.cookieHeader}; ${evil.cookieHeader}`,
        `${evil.cookieHeader}; ${chrome.cookieHeader}`,
      ]) {
        const { headers } = { headers: { cookie } };
        expect((await chrome.call('GET', '/auth/me', undefined, { headers })).status).toBe(401);
        expect((await chrome.call('POST', '/auth/refresh', undefined, { headers })).status).toBe(401);
      }
      expect((await chrome.me()).status).toBe(200);
    });

    it.each([
      ['an empty cookie header', ''],
      ['no name-value pairs', ';;; ; ,'],
      ['an empty token', '__Host-latchkey_access='],
      ['a name without a value', '__Host-latchkey_access'],
      ['quotes', '__Host-latchkey_access="x.y.z"'],
      ['escapes', '__Host-latchkey_access=%00%ff%E0%A4%A'],
      ['bytes that are not text', '__Host-latchkey_access=\xff\xfe\x80'],
      ['a name in another case', '__host-latchkey_access=x.y.z'],
      ['the name without its prefix', 'latchkey_access=x.y.z'],
      ['prototype names', '__proto__=x; constructor=y; __Host-latchkey_access=__proto__'],
      ['a token that is too long', `__Host-latchkey_access=${'x'.repeat(5_000)}`],
      ['a thousand cookies', Array.from({ length: 1_000 }, (_, at) => `c${at}=${at}`).join('; ')],
    ])('%s is refused with 401', async (_, cookie) => {
      const port = Number(new URL(service.url).port);
      for (const [method, path] of [
        ['GET', '/auth/me'],
        ['POST', '/auth/refresh'],
      ]) {
        const spoilt = cookie.replaceAll('_access', path === '/auth/me' ? '_access' : '_refresh');
        const answer = await sendRaw(
          port,
          `${method} ${path} HTTP/1.1\r\nHost: x\r\nOrigin: ${ORIGIN}\r\nCookie: ${spoilt}\r\nContent-Length: 0\r\n\r\n`,
        );
        expect({ path, status: answer.status }).toEqual({ path, status: 401 });
      }
    });

    it('too many bytes of cookies is refused with 431', async () => {
      const chrome = browser();
      chrome.cookies.set('big', { value: 'x'.repeat(17_000), attributes: [] });
      expect((await chrome.me()).status).toBe(431);
    });

    it('a token of one kind in the cookie of another is refused', async () => {
      const chrome = browser();
      await chrome.registerAndLogin();
      const { access, refresh, device } = Object.fromEntries(
        ['access', 'refresh', 'device'].map((kind) => [kind, chrome.cookie(kind)?.value ?? '']),
      );
      for (const token of [refresh, device]) {
        const headers = { cookie: `__Host-latchkey_access=${token}` };
        expect((await chrome.call('GET', '/auth/me', undefined, { headers })).status).toBe(401);
      }
      for (const token of [access, device]) {
        const headers = { cookie: `__Host-latchkey_refresh=${token}` };
        expect((await chrome.call('POST', '/auth/refresh', undefined, { headers })).status).toBe(401);
      }
    });
  });

  it('receives cookies without a prefix on a local issuer, where browsers reject the prefix', async () => {
    await service.close();
    service = await startApp({ LATCHKEY_ISSUER: '' });
    const chrome = new HttpBrowser(service.url, service.url);
    await chrome.registerAndLogin();
    expect([...chrome.cookies.keys()].sort()).toEqual([
      'latchkey_access',
      'latchkey_device',
      'latchkey_refresh',
    ]);
    expect(chrome.cookie('access')?.attributes).toEqual([
      'max-age=900',
      'path=/',
      'httponly',
      'samesite=strict',
    ]);
    expect((await chrome.me()).status).toBe(200);
  });
});
