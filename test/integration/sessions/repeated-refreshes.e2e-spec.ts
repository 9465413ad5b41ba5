import { setImmediate as nextTurn } from 'node:timers/promises';
import { UsedGenerations } from '../../../src/sessions/check/used-generations.js';
import type { Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { BROWSERS } from '../../support/clients.js';
import { waitUntil } from '../../support/wait-until.js';

interface Client {
  readonly address: string;
  readonly browser: string;
}

const HOME: Client = { address: '134.102.20.20', browser: BROWSERS.chromeOnWindows };
/** The same city, so that no other suspicion applies. */
const ELSEWHERE: Client = { ...HOME, address: '134.102.20.21' };

let service: RunningApp;
const headersOf = ({ address, browser }: Client) => ({ 'user-agent': browser, 'x-forwarded-for': address });
const refresh = ({ refresh_token }: Tokens, client: Client) =>
  service.api.call<Tokens>('POST', '/auth/refresh', { headers: headersOf(client), body: { refresh_token } });
const use = ({ access_token: token }: Tokens, client: Client) =>
  service.api.call('GET', '/auth/me', { token, headers: headersOf(client) });

async function loggedIn(client: Client): Promise<Tokens> {
  const { email } = await service.api.newcomer();
  const { status, body } = await service.api.call<Tokens>('POST', '/auth/login', {
    headers: headersOf(client),
    body: { email, password: 'correct horse battery' },
  });
  expect(status).toBe(200);
  return body;
}

const eventsOf = async ({ session_id }: Tokens) =>
  service.sql(
    `SELECT kind, host(address) AS address, detail->>'action' AS action FROM security_events
     WHERE session_id = $1 AND kind <> 'new_device_sign_in' ORDER BY at`,
    [session_id],
  );
const mailsOf = async ({ session_id }: Tokens) =>
  service.sql(
    `SELECT kind FROM mail_outbox WHERE facts->>'sessionId' = $1 AND kind <> 'new_device_sign_in'`,
    [session_id],
  );
const reported = (action: string) => [{ kind: 'refresh_token_shared', address: ELSEWHERE.address, action }];

afterEach(() => service?.close());

describe('a refresh token that is presented again after its rotation', () => {
  const startSocial = async () => {
    service = await startApp({ TRUST_PROXY: 'true' });
  };

  it('is not reported when the tabs of one browser present it', async () => {
    await startSocial();
    const tokens = await loggedIn(HOME);
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(tokens, HOME)));
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect((await use(body, HOME)).status).toBe(200);
    }
    expect((await refresh(tokens, { ...HOME, browser: BROWSERS.newerChromeOnWindows })).status).toBe(200);
    expect(await eventsOf(tokens)).toEqual([]);
  });

  it('from another network is recorded once and accepted, without a mail', async () => {
    await startSocial();
    const tokens = await loggedIn(HOME);
    const { body } = await refresh(tokens, HOME);
    expect((await use(body, HOME)).status).toBe(200);
    for (let times = 0; times < 3; times++) {
      const again = await refresh(tokens, ELSEWHERE);
      expect(again).toMatchObject({ status: 200, body: { refresh_token: body.refresh_token } });
      expect((await use(again.body, ELSEWHERE)).status).toBe(200);
    }
    expect((await use(body, HOME)).status).toBe(200);
    expect(await eventsOf(tokens)).toEqual(reported('notify'));
    expect(await mailsOf(tokens)).toEqual([]);
  });

  it('is compared with the client that rotated it, not with the last use of the session', async () => {
    await startSocial();
    const tokens = await loggedIn(HOME);
    const { body } = await refresh(tokens, HOME);
    expect((await use(body, ELSEWHERE)).status).toBe(200);
    await service.sql('UPDATE sessions SET address = $2 WHERE id = $1', [
      tokens.session_id,
      ELSEWHERE.address,
    ]);
    expect((await refresh(tokens, ELSEWHERE)).status).toBe(200);
    expect(await eventsOf(tokens)).toEqual(reported('notify'));
  });

  it('from another browser revokes the session, like any other request', async () => {
    await startSocial();
    const tokens = await loggedIn(HOME);
    const { body } = await refresh(tokens, HOME);
    const again = await refresh(tokens, { ...HOME, browser: BROWSERS.firefoxOnWindows });
    expect(again).toMatchObject({ status: 401, body: { reason: 'suspicious' } });
    expect((await use(body, HOME)).status).toBe(401);
  });

  it('from another network requires a new login with the policy bank', async () => {
    service = await startApp({ TRUST_PROXY: 'true', LATCHKEY_POLICY: 'bank' });
    const tokens = await loggedIn(HOME);
    const { body } = await refresh(tokens, HOME);
    expect((await use(body, HOME)).status).toBe(200);
    expect(await refresh(tokens, ELSEWHERE)).toMatchObject({
      status: 401,
      body: { code: 'insufficient_user_authentication' },
    });
    for (const client of [HOME, ELSEWHERE]) expect((await use(body, client)).status).toBe(401);
    expect(await eventsOf(tokens)).toEqual(reported('require_reauthentication'));
  });

  it('is only recorded, whatever the policy, when the answer was lost and the network changed', async () => {
    service = await startApp({ TRUST_PROXY: 'true', LATCHKEY_POLICY: 'bank', REFRESH_GRACE: '0' });
    const tokens = await loggedIn(HOME);
    await refresh(tokens, HOME);
    const again = await refresh(tokens, ELSEWHERE);
    expect(again.status).toBe(200);
    expect((await use(again.body, ELSEWHERE)).status).toBe(200);
    expect(await eventsOf(tokens)).toEqual(reported('notify'));
  });

  it('ends the session if the policy says so, and is ignored if it is turned off', async () => {
    for (const [action, status] of [
      ['end', 401],
      ['off', 200],
    ] as const) {
      service = await startApp({ TRUST_PROXY: 'true', SUSPICION_ACTIONS: `refresh_token_shared:${action}` });
      const tokens = await loggedIn(HOME);
      const { body } = await refresh(tokens, HOME);
      expect((await use(body, HOME)).status).toBe(200);
      expect((await refresh(tokens, ELSEWHERE)).status).toBe(status);
      expect((await use(body, HOME)).status).toBe(status);
      expect((await eventsOf(tokens)).map(({ kind }) => kind)).toEqual(
        action === 'end' ? ['session_ended_suspicious'] : [],
      );
      await service.close();
    }
  });
});

describe('the use of a refresh token', () => {
  it('is recorded beside one that no session can have reached, and while another is being written', async () => {
    service = await startApp();
    const sessions = await Promise.all(Array.from({ length: 3 }, () => service.api.newcomer()));
    for (const { refresh_token } of sessions) await service.api.refresh(refresh_token);
    const [first, second, third] = sessions.map(({ session_id }) => session_id) as [string, string, string];
    const used = service.app.get(UsedGenerations, { strict: false });
    // A guard can report any number.
    used.note(first, 2 ** 40);
    used.note(first, 1);
    used.note(second, 1);
    await nextTurn();
    await nextTurn();
    used.note(third, 1);
    await waitUntil('all uses are recorded', async () => {
      const rows = await service.sql('SELECT used_generation FROM sessions');
      return rows.length === 3 && rows.every(({ used_generation }) => used_generation === 1);
    });
  });
});
