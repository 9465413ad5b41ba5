import { setTimeout as sleep } from 'node:timers/promises';
import type { Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { backdateSession } from '../../support/backdate-session.js';
import { decodeJwt } from '../../support/decode-jwt.js';

const MINUTE_MS = 60_000;

interface Described {
  readonly session: Record<'created_at' | 'last_seen_at' | 'expires_at' | 'absolute_expires_at', string>;
}

const expiredBy = (reason: string) => ({ status: 401, body: { code: 'session_expired', reason } });

describe('bank policy', () => {
  let service: RunningApp;

  afterEach(() => service?.close());

  const startBank = async (env: Record<string, string> = {}) => {
    service = await startApp({ LATCHKEY_POLICY: 'bank', ...env });
  };
  /** @returns tokens of a session whose login was that long ago */
  const loggedInAgo = async (interval: string): Promise<Tokens & { email: string }> => {
    const tokens = await service.api.newcomer();
    await backdateSession(service, tokens.session_id, 'auth_time', interval);
    return { ...tokens, ...(await service.api.refresh(tokens.refresh_token)).body };
  };
  const sensitive = async ({ access_token: token, device_id, session_id }: Tokens) => [
    await service.api.call('PATCH', `/devices/${device_id}`, { token, body: { name: 'Mine' } }),
    await service.api.end(token, '/devices?except=current'),
    await service.api.end(token, `/devices/${device_id}`),
    await service.api.end(token, `/sessions/${session_id}`),
  ];

  it('says when the session expires, which a use postpones, but not a poll', async () => {
    await startBank();
    const { api } = service;
    const login = await api.newcomer();
    const sessionNow = async (headers: Record<string, string> = {}) => {
      const { body } = await api.call<Described>('GET', '/auth/me', { token: login.access_token, headers });
      const { last_seen_at, expires_at, created_at, absolute_expires_at } = body.session;
      expect([
        Date.parse(expires_at) - Date.parse(last_seen_at),
        Date.parse(absolute_expires_at) - Date.parse(created_at),
      ]).toEqual([5 * MINUTE_MS, 12 * 60 * MINUTE_MS]);
      return body.session;
    };
    const used = await sessionNow();
    const polled = await sessionNow({ 'latchkey-passive': '1' });
    expect(polled.expires_at).toBe(used.expires_at);
    const { body: refreshed } = await api.refresh(login.refresh_token);
    expect([login, refreshed].map((tokens) => tokens.session_absolute_expires_at)).toEqual([
      used.absolute_expires_at,
      used.absolute_expires_at,
    ]);
    const order = [login.session_expires_at, used.expires_at, refreshed.session_expires_at];
    expect(order).toEqual([...order].sort());
  });

  it('allows one session: a second login revokes the first', async () => {
    await startBank();
    const { api } = service;
    const first = await api.newcomer();
    expect((await api.me(first.access_token)).status).toBe(200);
    const second = await api.session(first.email);
    expect(await api.me(first.access_token)).toMatchObject({
      status: 401,
      body: { code: 'session_revoked', reason: 'session_limit' },
    });
    expect((await api.me(second.access_token)).status).toBe(200);
  });

  it('requires a login within the last five minutes for sensitive actions only', async () => {
    await startBank();
    const { api } = service;
    const tokens = await loggedInAgo('6 minutes');
    for (const { status, headers, body } of await sensitive(tokens)) {
      expect(status).toBe(403);
      expect(body).toMatchObject({ code: 'reauthentication_required', max_age: 300 });
      expect(headers.get('content-type')).toBe('application/problem+json');
    }
    for (const path of ['/auth/me', '/devices', '/sessions']) {
      expect((await api.call('GET', path, { token: tokens.access_token })).status).toBe(200);
    }
    const fresh = await api.session(tokens.email, { device_token: tokens.device_token });
    const [renamed] = await sensitive(fresh);
    expect(renamed?.status).toBe(200);
  });

  it('allows a logout however old the login is', async () => {
    await startBank();
    const tokens = await loggedInAgo('6 minutes');
    expect((await service.api.logout(tokens.access_token)).status).toBe(204);
  });

  it('does not count a refresh as a login', async () => {
    await startBank();
    const tokens = await loggedInAgo('6 minutes');
    const { body } = await service.api.refresh(tokens.refresh_token);
    expect((await service.api.end(body.access_token, '/devices')).body).toMatchObject({
      code: 'reauthentication_required',
    });
  });

  it.each([
    [{ REAUTHENTICATION_MAX_AGE: '7m' }, [200, 204, 204, 401]],
    [{ REAUTHENTICATION_MAX_AGE: 'none' }, [200, 204, 204, 401]],
    [{ SENSITIVE_ACTIONS: 'none' }, [200, 204, 204, 401]],
    [{ SENSITIVE_ACTIONS: 'device.terminate, session.revoke' }, [200, 403, 403, 403]],
    [{ SENSITIVE_ACTIONS: 'device.rename' }, [403, 204, 204, 401]],
  ])('can be overridden by %j', async (env, statuses) => {
    await startBank(env);
    const answers = await sensitive(await loggedInAgo('6 minutes'));
    // The third request revokes the session of the fourth.
    expect(answers.map(({ status }) => status)).toEqual(statuses);
  });

  it('states how recent the login has to be', async () => {
    await startBank({ REAUTHENTICATION_MAX_AGE: '90s' });
    const [renamed] = await sensitive(await loggedInAgo('6 minutes'));
    expect(renamed?.body).toMatchObject({ code: 'reauthentication_required', max_age: 90 });
  });

  it.each([
    ['last_seen_at', '4 minutes', 200, undefined],
    ['last_seen_at', '6 minutes', 401, 'idle_expired'],
    ['created_at', '11 hours 59 minutes', 200, undefined],
    ['created_at', '12 hours 1 minute', 401, 'absolute_expired'],
  ] as const)('answers a session with %s %s ago with status %i', async (moment, ago, status, reason) => {
    await startBank();
    const { api } = service;
    const tokens = await api.newcomer();
    await backdateSession(service, tokens.session_id, moment, ago);
    const answer = await api.me(tokens.access_token);
    expect(answer.status).toBe(status);
    if (reason) expect(answer).toMatchObject(expiredBy(reason));
    expect((await api.refresh(tokens.refresh_token)).status).toBe(status);
  });

  it('does not list expired sessions', async () => {
    await startBank({ MAX_SESSIONS: '100' });
    const { api } = service;
    const old = await api.newcomer();
    await backdateSession(service, old.session_id, 'last_seen_at', '6 minutes');
    const fresh = await api.session(old.email);
    expect((await api.sessions(fresh.access_token)).body.sessions).toMatchObject([{ id: fresh.session_id }]);
    expect((await api.devices(fresh.access_token)).body.devices).toMatchObject([{ id: fresh.device_id }]);
  });

  it('expires an idle session but not one in use', async () => {
    await startBank({ SESSION_IDLE_TTL: '2s', MAX_SESSIONS: '100' });
    const { api } = service;
    const { email, ...opened } = await api.newcomer();
    let used: Pick<Tokens, 'access_token' | 'refresh_token'> = opened;
    const idle = await api.session(email);
    expect((await api.me(idle.access_token)).status).toBe(200);
    for (const end = performance.now() + 3_500; performance.now() < end; await sleep(200)) {
      expect((await api.me(used.access_token)).status).toBe(200);
      used = (await api.refresh(used.refresh_token)).body;
    }
    expect((await api.me(idle.access_token)).status).toBe(401);
    expect(await api.refresh(idle.refresh_token)).toMatchObject({
      status: 401,
      body: { code: 'invalid_grant', reason: 'expired' },
    });
    // The refused requests above do not count as activity.
    expect((await api.refresh(idle.refresh_token)).status).toBe(401);
  });

  it('expires a session at its absolute lifetime although it is in use', async () => {
    await startBank({ SESSION_ABSOLUTE_TTL: '3s' });
    const { api } = service;
    const tokens = await api.newcomer();
    let answer = await api.me(tokens.access_token);
    expect(answer.status).toBe(200);
    const { body } = await api.refresh(tokens.refresh_token);
    while (answer.status === 200) {
      await sleep(100);
      answer = await api.me(body.access_token);
    }
    expect(answer.status).toBe(401);
    // The token is in whole seconds and expires up to one before its session.
    await sleep(1_000);
    expect(await api.refresh(body.refresh_token)).toMatchObject({ status: 401, body: { reason: 'expired' } });
  });

  it('issues no access token that is valid for longer than its session can last', async () => {
    await startBank();
    const { api } = service;
    const tokens = await api.newcomer();
    // The idle lifetime is shorter than that of an access token.
    expect(tokens.expires_in).toBe(300);
    await backdateSession(service, tokens.session_id, 'created_at', '11 hours 58 minutes');
    const { body } = await api.refresh(tokens.refresh_token);
    expect(body.expires_in).toBeGreaterThan(60);
    expect(body.expires_in).toBeLessThanOrEqual(120);
    const again = await api.refresh(tokens.refresh_token);
    expect(again.body.expires_in).toBeLessThanOrEqual(body.expires_in);
    const [, payload = ''] = body.access_token.split('.');
    const { exp, iat } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(exp - iat).toBe(body.expires_in);
  });

  it.each([
    ['opened long ago', 'created_at', '11 hours 58 minutes'],
    ['used a moment ago', 'last_seen_at', '5 seconds'],
    ['unused for most of its idle lifetime', 'last_seen_at', '4 minutes'],
  ] as const)(
    'replays a refresh of a session %s with a token that expires before it',
    async (_, moment, age) => {
      await startBank();
      const { api } = service;
      const tokens = await api.newcomer();
      const answer = await api.refresh(tokens.refresh_token);
      await backdateSession(service, tokens.session_id, moment, age);
      const replayed = await api.refresh(tokens.refresh_token);
      expect(replayed.body.refresh_token).toBe(answer.body.refresh_token);
      const { exp, iat } = decodeJwt(replayed.body.access_token);
      expect(exp - iat).toBe(replayed.body.expires_in);
      // A use may be written up to ten seconds late, and the session lasts as much longer.
      const [row] = await service.sql(
        `SELECT $2 <= extract(epoch FROM created_at + interval '12 hours') AS in_age,
              $2 <= extract(epoch FROM last_seen_at + interval '5 minutes 10 seconds') AS in_idle
       FROM sessions WHERE id = $1`,
        [tokens.session_id, exp],
      );
      expect(row).toEqual({ in_age: true, in_idle: true });
    },
  );
});
