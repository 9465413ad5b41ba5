import { setTimeout as sleep } from 'node:timers/promises';
import { LastSeen } from '../../src/sessions/check/last-seen.js';
import { type RunningApp, startApp } from '../support/app.js';
import { EventSource } from '../support/event-source.js';
import { HttpBrowser } from '../support/http-browser.js';
import { waitUntil } from '../support/wait-until.js';

const ORIGIN = 'https://id.example.com';

describe('the account event stream', () => {
  let service: RunningApp;
  const open: EventSource[] = [];

  beforeAll(async () => {
    service = await startApp({
      LATCHKEY_ISSUER: ORIGIN,
      LOGIN_ATTEMPTS_PER_ADDRESS: '100000',
      SESSION_IDLE_TTL: '1h',
    });
  });
  afterEach(() => {
    for (const stream of open.splice(0)) stream.leave();
  });
  afterAll(() => service?.close());

  const listen = async (headers: Record<string, string>) => {
    const stream = await EventSource.open(service.url, headers);
    open.push(stream);
    return stream;
  };
  const listenWith = (token: string) => listen({ authorization: `Bearer ${token}` });

  it('accepts a cookie or a bearer token, and refuses anything else', async () => {
    const chrome = new HttpBrowser(service.url, ORIGIN);
    await chrome.registerAndLogin();
    const withCookie = await listen({ cookie: chrome.cookieHeader });
    const withToken = await listenWith((await service.api.newcomer()).access_token);
    const withoutToken = await listen({});
    const withForgedToken = await listen({ cookie: '__Host-latchkey_access=x.y.z' });
    expect(
      [withCookie, withToken, withoutToken, withForgedToken].map(({ answer }) => answer.statusCode),
    ).toEqual([200, 200, 401, 401]);
  });

  it('sends headers that forbid buffering, compressing and caching', async () => {
    const { answer } = await listenWith((await service.api.newcomer()).access_token);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.headers['content-length']).toBeUndefined();
  });

  it('sends a heartbeat at once, so that a page knows that events get through', async () => {
    const stream = await listenWith((await service.api.newcomer()).access_token);
    await waitUntil('a heartbeat', () => stream.heartbeats === 1);
  });

  it('answers HEAD at once without opening a stream', async () => {
    const { access_token } = await service.api.newcomer();
    for (let time = 0; time < 30; time++) {
      const { status } = await service.api.call('HEAD', '/account/events', { token: access_token });
      expect([200, 405]).toContain(status);
    }
    expect((await listenWith(access_token)).answer.statusCode).toBe(200);
  });

  it('reports a login, a logout, a rename and a termination elsewhere', async () => {
    const { api } = service;
    const mine = await api.newcomer();
    const stream = await listenWith(mine.access_token);
    let other = mine;
    const acts = [
      async () => {
        other = { ...(await api.session(mine.email)), email: mine.email };
      },
      () =>
        api.call('PATCH', `/devices/${other.device_id}`, { token: other.access_token, body: { name: 'TV' } }),
      () => api.logout(other.access_token),
      async () => {
        other = { ...(await api.session(mine.email)), email: mine.email };
      },
      () => api.end(mine.access_token, `/devices/${other.device_id}`),
    ];
    for (const act of acts) {
      const changed = stream.next('changed');
      await act();
      await changed;
    }
    expect(stream.isClosed).toBe(false);
  });

  it('does not report changes to other accounts', async () => {
    const { api } = service;
    const stream = await listenWith((await api.newcomer()).access_token);
    const stranger = await api.newcomer();
    await api.logout(stranger.access_token);
    await sleep(500);
    expect(stream.received).toEqual([]);
  });

  it.each([
    ['logged out', 'logout', (mine: OwnSession) => service.api.logout(mine.access_token)],
    [
      'terminated',
      'terminated',
      (mine: OwnSession) => service.api.end(mine.access_token, `/devices/${mine.device_id}`),
    ],
    [
      'revoked in psql',
      'unspecified',
      (mine: OwnSession) =>
        service.sql(`UPDATE sessions SET status = 'revoked' WHERE id = $1`, [mine.session_id]),
    ],
  ])('sends the reason and closes when its session is %s', async (_, reason, end) => {
    const mine = await service.api.newcomer();
    const stream = await listenWith(mine.access_token);
    const ended = stream.next('ended');
    const endedAt = performance.now();
    await end(mine);
    const { data, at } = await ended;
    expect(data).toEqual({ code: 'session_revoked', reason });
    // One second is promised; the rest allows for a busy machine.
    expect(at - endedAt).toBeLessThan(3_000);
    await stream.closed();
    expect((await listenWith(mine.access_token)).answer.statusCode).toBe(401);
  });

  it('does not count as use of its session, however often the page reconnects', async () => {
    const { api, app, sql } = service;
    const mine = await api.newcomer();
    const back = () =>
      sql(`UPDATE sessions SET last_seen_at = now() - interval '30 minutes' WHERE id = $1`, [
        mine.session_id,
      ]);
    const usedLately = async () => {
      await app.get(LastSeen, { strict: false }).flush();
      const [row] = await sql(
        `SELECT last_seen_at > now() - interval '20 minutes' AS "is" FROM sessions WHERE id = $1`,
        [mine.session_id],
      );
      return row?.is;
    };
    await back();
    for (let time = 0; time < 3; time++) (await listenWith(mine.access_token)).leave();
    await listenWith(mine.access_token);
    expect(await usedLately()).toBe(false);
    await api.me(mine.access_token);
    expect(await usedLately()).toBe(true);
  });

  it('outlives its access token and a role change, because it belongs to the session', async () => {
    const mine = await service.api.newcomer();
    const stream = await listenWith(mine.access_token);
    await service.sql(
      `UPDATE users SET roles = '{admin}', roles_version = roles_version + 1, roles_changed_at = now() WHERE email = $1`,
      [mine.email],
    );
    await waitUntil(
      'the token to be stale',
      async () => (await service.api.me(mine.access_token)).status === 401,
    );
    await sleep(600);
    expect(stream.isClosed).toBe(false);
  });

  it('is limited to ten per session, and frees its slot when it closes', async () => {
    const mine = await service.api.newcomer();
    const streams = await Promise.all(Array.from({ length: 10 }, () => listenWith(mine.access_token)));
    const surplus = await listenWith(mine.access_token);
    expect(surplus.answer.statusCode).toBe(429);
    expect(Number(surplus.answer.headers['retry-after'])).toBeGreaterThan(0);
    streams[0]?.leave();
    await waitUntil(
      'a free slot',
      async () => (await listenWith(mine.access_token)).answer.statusCode === 200,
    );
  });

  it('notifies a client that had stopped reading, without queueing events for it', async () => {
    const mine = await service.api.newcomer();
    const [slow, quick] = [await listenWith(mine.access_token), await listenWith(mine.access_token)];
    slow.answer.pause();
    const rename = () =>
      service.api.call('PATCH', `/devices/${mine.device_id}`, {
        token: mine.access_token,
        body: { name: 'x' },
      });
    for (let time = 0; time < 50; time++) await rename();
    await waitUntil('the quick client to receive an event', () => quick.received.length > 0);
    slow.answer.resume();
    await waitUntil('the slow client to receive an event', () => slow.received.length > 0);
    const ended = slow.next('ended');
    await service.api.logout(mine.access_token);
    await ended;
  });
});

describe('an idle account event stream', () => {
  let service: RunningApp;
  afterEach(() => service?.close());

  it('sends the reason when its session expires, even while the page is open', async () => {
    service = await startApp({ SESSION_IDLE_TTL: '2s' });
    const mine = await service.api.newcomer();
    const stream = await EventSource.open(service.url, { authorization: `Bearer ${mine.access_token}` });
    const openedAt = performance.now();
    const { data, at } = await stream.next('ended');
    expect(data).toEqual({ code: 'session_expired', reason: 'idle_expired' });
    expect(at - openedAt).toBeGreaterThan(1_500);
    await stream.closed();
  });

  it('closes when the service stops, without delaying it', async () => {
    service = await startApp();
    const mine = await service.api.newcomer();
    const stream = await EventSource.open(service.url, { authorization: `Bearer ${mine.access_token}` });
    const stoppedAt = performance.now();
    await service.close();
    expect(performance.now() - stoppedAt).toBeLessThan(5_000);
    await stream.closed();
    // No `ended` event, so the page reconnects to another instance.
    expect(stream.received).toEqual([]);
  });
});

type OwnSession = { access_token: string; session_id: string; device_id: string };
