import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { ClientStore } from '../../../src/clients/client-store.js';
import { LastSeen } from '../../../src/sessions/check/last-seen.js';
import { Api } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { ADDRESSES, BROWSERS, clientHeaders } from '../../support/clients.js';
import { basicAuthorization, type GuardMessage, RawGuard } from '../../support/raw-guard.js';
import { sendRaw } from '../../support/raw-http.js';
import { waitUntil } from '../../support/wait-until.js';

const SECRET = 'a secret of the orders api';
const CLIENTS = [
  { client_id: 'orders-api', client_secrets: ['an older secret', SECRET], permissions: ['guard'] },
  { client_id: 'prober', client_secrets: [SECRET], permissions: ['introspect'] },
];
const ORDERS = { id: 'orders-api', secret: SECRET };
const ENV = {
  LATCHKEY_CLIENTS: JSON.stringify(CLIENTS),
  TRUST_PROXY: 'true',
  SUSPICION_ACTIONS: 'client_scripted:end,client_changed:require_reauthentication',
};

describe('an upgrade at /guard', () => {
  let service: RunningApp;
  beforeAll(async () => {
    service = await startApp(ENV);
  });
  afterAll(() => service.close());

  const upgrade = async (headers: Record<string, string> = {}, path = '/guard') => {
    const all = {
      host: 'x',
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
      'sec-websocket-protocol': 'latchkey-guard.v2, latchkey-guard.v1',
      authorization: basicAuthorization('orders-api', SECRET),
      ...headers,
    };
    const lines = Object.entries(all)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `${name}: ${value}\r\n`);
    return sendRaw(Number(new URL(service.url).port), `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  };

  it('is accepted for a client with the permission, with the subprotocol of this version', async () => {
    const answer = await upgrade();
    expect(answer.status).toBe(101);
    expect(answer.headers['sec-websocket-protocol']).toBe('latchkey-guard.v1');
    expect(answer.headers['sec-websocket-extensions']).toBeUndefined();
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['no credentials', { authorization: '' }, 401, 'invalid_client'],
    ['an access token', { authorization: 'Bearer x' }, 401, 'invalid_client'],
    ['an unknown client', { authorization: basicAuthorization('x', SECRET) }, 401, 'invalid_client'],
    ['a wrong secret', { authorization: basicAuthorization('orders-api', 'x') }, 401, 'invalid_client'],
    [
      'a client without the permission',
      { authorization: basicAuthorization('prober', SECRET) },
      403,
      'insufficient_permission',
    ],
    ['no subprotocol', { 'sec-websocket-protocol': '' }, 426, 'upgrade_required'],
    ['only a later version', { 'sec-websocket-protocol': 'latchkey-guard.v2' }, 426, 'upgrade_required'],
    ['an invalid key', { 'sec-websocket-key': 'x' }, 400, 'malformed_request'],
    ['an unknown version of WebSocket', { 'sec-websocket-version': '7' }, 400, 'malformed_request'],
  ])('is refused with %s', async (_what, headers, status, code) => {
    const answer = await upgrade(headers);
    expect(answer).toMatchObject({
      status,
      closed: true,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    });
    expect(JSON.parse(answer.body)).toMatchObject({ code, status });
    if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Basic /);
    if (status === 426)
      expect(answer.headers).toMatchObject({ upgrade: 'websocket', connection: 'upgrade, close' });
  });

  it('gets the same answer for an unknown client and a wrong secret', async () => {
    const [unknown, wrong] = await Promise.all(
      ['x', 'orders-api'].map((id) => upgrade({ authorization: basicAuthorization(id, 'x') })),
    );
    const { date: _date, ...headers } = unknown?.headers ?? {};
    expect(wrong).toMatchObject({ body: unknown?.body, headers });
  });

  it('is refused at another path', async () => {
    expect(JSON.parse((await upgrade({}, '/guards')).body)).toMatchObject({ code: 'not_found' });
  });

  it('is required: a request without it gets 426', async () => {
    const answer = await fetch(`${service.url}/guard`);
    expect(answer.status).toBe(426);
    expect(answer.headers.get('upgrade')).toBe('websocket');
    expect(await answer.json()).toMatchObject({ code: 'upgrade_required' });
    expect((await fetch(`${service.url}/guard`, { method: 'POST' })).status).toBe(405);
  });
});

describe('a guard', () => {
  let service: RunningApp;
  let api: Api;
  const guards: RawGuard[] = [];
  beforeAll(async () => {
    service = await startApp(ENV);
    api = new Api(service.url, clientHeaders('chromeOnWindows', 'bremen'));
  });
  afterEach(async () => {
    await Promise.all(guards.splice(0).map((guard) => guard.close()));
  });
  afterAll(() => service.close());

  const join = async (acknowledges = true) => {
    const guard = await RawGuard.join(service.url, { ...ORDERS, acknowledges });
    guards.push(guard);
    return guard;
  };
  const newcomer = async () => {
    const tokens = await api.newcomer();
    const [row] = await service.sql('SELECT user_id FROM sessions WHERE id = $1', [tokens.session_id]);
    return { ...tokens, userId: String(row?.user_id) };
  };
  const session = async (id: string) => (await service.sql('SELECT * FROM sessions WHERE id = $1', [id]))[0];
  const question = ({ session_id: sid, userId: sub }: { session_id: string; userId: string }) => ({
    sid,
    sub,
    generation: 0,
    session_epoch: 0,
    roles_version: 0,
  });

  it('receives the recent ends before its first lease', async () => {
    const { access_token, session_id } = await newcomer();
    await api.logout(access_token);
    const guard = await join();
    expect(guard.messages[0]).toMatchObject({ type: 'hello', lease: 3_000 });
    expect(guard.snapshotSessions).toContainEqual({ sid: session_id, reason: 'logout' });
    expect(await guard.ping()).toBeGreaterThan(0);
  });

  it('has an end in force before the revoke is answered', async () => {
    const guard = await join(false);
    await guard.holdLease();
    const { access_token, session_id } = await newcomer();
    let isAnswered = false;
    const acknowledged = new Promise<boolean>((resolve) => {
      guard.onMessage = (message: GuardMessage) => {
        if (message.type !== 'ends') return;
        resolve(isAnswered);
        guard.send({ type: 'ack', seq: message.seq });
      };
    });
    const answer = await api.logout(access_token);
    isAnswered = true;
    expect(answer.status).toBe(204);
    expect(await acknowledged).toBe(false);
    expect(guard.endedSessions).toEqual([{ sid: session_id, reason: 'logout' }]);
  });

  it('is answered about sessions', async () => {
    const guard = await join();
    const one = await newcomer();
    expect(await guard.ask(question(one))).toEqual({ state: 'active' });
    await api.logout(one.access_token);
    expect(await guard.ask(question(one))).toEqual({ state: 'ended', reason: 'logout' });
    const other = await newcomer();
    expect(await guard.ask({ ...question(other), sub: one.userId })).toMatchObject({ state: 'ended' });
    expect(await guard.ask({ ...question(other), sid: 'not an id' })).toMatchObject({ state: 'ended' });
    expect(await guard.ask(question(other))).toEqual({ state: 'active' });
  });

  it('shows that a refresh was received, by asking or by reporting a use', async () => {
    const guard = await join();
    for (const show of ['ask', 'use'] as const) {
      const one = await newcomer();
      const { body } = await api.refresh(one.refresh_token);
      if (show === 'ask') await guard.ask({ ...question(one), generation: 1 });
      else guard.use({ sid: one.session_id, ago: 0, generation: 1 });
      await waitUntil(
        'the use is written',
        async () => (await session(one.session_id))?.used_generation === 1,
      );
      expect(body.refresh_token).not.toBe(one.refresh_token);
    }
  });

  it('reports generations that the session has not reached, without effect', async () => {
    const guard = await join();
    const one = await newcomer();
    guard.use(
      { sid: one.session_id, ago: 0, generation: 2 ** 40 },
      { sid: one.session_id, ago: 0, generation: 7 },
    );
    const other = await newcomer();
    await api.refresh(other.refresh_token);
    guard.use({ sid: other.session_id, ago: 0, generation: 1 });
    await waitUntil(
      'a later one is written',
      async () => (await session(other.session_id))?.used_generation === 1,
    );
    expect((await session(one.session_id))?.used_generation).toBe(0);
  });

  it('reports the last use, with the address if that is new', async () => {
    const guard = await join();
    const one = await newcomer();
    await service.sql(`UPDATE sessions SET last_seen_at = now() - interval '1 hour' WHERE id = $1`, [
      one.session_id,
    ]);
    const flushed = async (what: (row: Record<string, unknown>) => boolean) =>
      waitUntil('the use is written', async () => {
        await service.app.get(LastSeen, { strict: false }).flush();
        const row = await session(one.session_id);
        return row && what(row) ? row : null;
      });
    const ageOf = (row: Record<string, unknown>) => Date.now() - (row.last_seen_at as Date).getTime();

    guard.use({ sid: one.session_id, ago: 1_000_000, generation: 0, address: '203.0.113.9' });
    const first = await flushed(({ address }) => address === '203.0.113.9');
    expect(ageOf(first)).toBeGreaterThan(990_000);
    expect(ageOf(first)).toBeLessThan(3_000_000);

    guard.use(
      { sid: 'not an id', ago: 0, generation: 0 },
      { sid: '0197f3c0-0000-7000-8000-000000000000', ago: 0, generation: 0 },
      { sid: one.session_id, ago: 10_000, generation: 0, address: 'not an address' },
    );
    const later = await flushed((row) => ageOf(row) < 900_000);
    expect(ageOf(later)).toBeGreaterThan(9_000);
    expect(later.address).toBe('203.0.113.9');

    // By another session: a request with this one would be its last use.
    const { body } = await api.devices((await api.session(one.email)).access_token);
    const shown = body.devices.flatMap(({ sessions }) => sessions).find(({ id }) => id === one.session_id);
    expect(shown).toMatchObject({ address: '203.0.113.9' });
  });

  it('reports clients to which the rules on stolen sessions apply', async () => {
    const guard = await join();
    const [scripted, changed, unknown] = [await newcomer(), await newcomer(), await newcomer()];
    guard.use(
      { sid: scripted.session_id, ago: 0, generation: 0, agent: 'curl/8.5.0' },
      {
        sid: changed.session_id,
        ago: 0,
        generation: 0,
        address: ADDRESSES.bremen,
        agent: BROWSERS.firefoxOnLinux,
      },
      { sid: unknown.session_id, ago: 0, generation: 0, address: '192.0.2.7' },
    );
    await waitUntil('the guard learns of the end', () => guard.endedSessions.length > 0);
    expect(guard.endedSessions).toEqual([{ sid: scripted.session_id, reason: 'suspicious' }]);
    await guard.next(
      ({ type, changed: list }) =>
        type === 'ends' && (list as string[] | undefined)?.includes(changed.session_id) === true,
      'the change of the other session',
    );
    expect(await guard.ask(question(changed))).toEqual({ state: 'needs_login' });
    // Nothing is known of its client.
    expect(await guard.ask(question(unknown))).toEqual({ state: 'active' });
    expect((await session(unknown.session_id))?.clients).toEqual(['browser:Chrome:Windows']);
  });

  it('is counted in the metrics', async () => {
    await join();
    const read = () => service.app.get(Registry, { strict: false }).metrics();
    expect(await read()).toContain('latchkey_guards_connected{client="orders-api"} 1');
    await api.logout((await newcomer()).access_token);
    expect(await read()).toMatch(/latchkey_guards_awaited_seconds_count [1-9]/);
    expect(await read()).toMatch(/latchkey_guard_leases_refused_total \d/);
  });

  it('is not disconnected by the idle timeouts of HTTP', async () => {
    const server = service.app.getHttpServer();
    const { timeout } = server;
    server.timeout = 100;
    const guard = await join();
    await sleep(400);
    server.timeout = timeout;
    expect(await guard.ping()).toBeGreaterThanOrEqual(0);
  });

  it.each<[string, string | Buffer | object, number]>([
    ['text that is not JSON', 'ping', 4003],
    ['a list', [], 4003],
    ['a message with a wrong type', { type: 'ping', n: 'one' }, 4003],
    ['too many entries', { type: 'use', sessions: Array(501).fill({ sid: 's', ago: 0 }) }, 4003],
    ['a binary message', Buffer.from('{"type":"ping","n":1}'), 4003],
    ['an acknowledgement of what was not sent', { type: 'ack', seq: 7_000 }, 4003],
    ['a message of more than 64 KiB', { type: 'ping', n: 1, x: 'x'.repeat(65_536) }, 1009],
  ])('is disconnected after %s', async (_what, message, code) => {
    const guard = await join();
    guard.send(message);
    expect((await guard.untilClosed()).code).toBe(code);
    expect((await (await join()).ping()) >= 0).toBe(true);
  });

  it('connects with a secret that was just added, and is disconnected when that or its client is removed', async () => {
    const store = new ClientStore(service.app.get(DataSource));
    const secret = await store.add({ clientId: 'billing-api', permissions: ['guard'], audiences: [] });
    // At once: the instance has not read the clients since.
    const join = (added: string) => RawGuard.join(service.url, { id: 'billing-api', secret: added });
    const first = await join(secret);
    const second = await join(await store.addSecret('billing-api'));
    await store.revokeOldSecrets('billing-api');
    expect((await first.untilClosed()).code).toBe(4002);
    expect(second.closed).toBeNull();

    await store.remove('billing-api');
    expect((await second.untilClosed()).code).toBe(4002);
    const refused = await sendRaw(Number(new URL(service.url).port), upgradeOf('billing-api', secret));
    expect(refused.status).toBe(401);
  });

  const upgradeOf = (id: string, secret: string) =>
    [
      'GET /guard HTTP/1.1',
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      `Authorization: ${basicAuthorization(id, secret)}`,
      '\r\n',
    ].join('\r\n');
});

describe('an instance that stops', () => {
  it('refuses new guards, and waits for those that may hold a lease', async () => {
    const service = await startApp(ENV);
    const guard = await RawGuard.join(service.url, ORDERS);
    await guard.holdLease();
    let isClosed = false;
    const closing = service.close().then(() => {
      isClosed = true;
    });
    await guard.next(({ type }) => type === 'bye', 'bye');
    expect(await guard.ping()).toBe(0);
    const late = new RawGuard(service.url, ORDERS);
    await late.untilClosed();
    expect(isClosed).toBe(false);
    guard.send({ type: 'bye' });
    expect((await guard.untilClosed()).code).toBe(1000);
    await closing;
  });

  it('disconnects a guard that does not answer, once its lease has ended', async () => {
    const service = await startApp(ENV);
    const guard = await RawGuard.join(service.url, ORDERS);
    await guard.holdLease();
    await service.close();
    expect((await guard.untilClosed()).code).toBe(1000);
  });
});
