import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { RedisAuthenticators } from '../../src/redis/redis-authenticators.js';
import { SNAPSHOT_FORMAT } from '../../src/sessions/store/session-snapshot.js';
import { type Api, PASSWORD, type Tokens } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';
import { waitUntil } from '../support/wait-until.js';
import { redisCommands } from './history/redis-commands.js';

const START_MS = 180_000;
/** One lease and the first heartbeats. */
const SETTLED_MS = 4_500;
const LEASE_MS = 3_000;
const ROLES_VERSION_MAX = 2_147_483_647;

type Snapshot = Record<string, unknown> & { profile: Record<string, unknown> };

describe('two instances, and a stranger who can write to their Redis', () => {
  let database: TestDatabase;
  let postgres: Client;
  let services: ServiceProcess[] = [];
  let one: Api;
  let other: Api;
  let prefix: string;
  let authenticators: RedisAuthenticators;

  beforeAll(async () => {
    database = await createTestDatabase();
    const env = serviceEnv(database.url, { REDIS_URL: process.env.TEST_REDIS_URL ?? '' });
    prefix = env.REDIS_KEY_PREFIX ?? '';
    authenticators = new RedisAuthenticators(Buffer.from(env.LATCHKEY_SECRET ?? ''));
    postgres = new Client({ connectionString: database.url });
    await postgres.connect();
    services = await Promise.all([ServiceProcess.start(env), ServiceProcess.start(env)]);
    [one, other] = services.map(({ api }) => api) as [Api, Api];
    await sleep(SETTLED_MS);
  }, START_MS);
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await postgres?.end();
    await database?.drop();
  });

  const redis = async (...command: string[]) => {
    const { port } = new URL(process.env.TEST_REDIS_URL ?? '');
    return (await redisCommands(Number(port), [command]))[0];
  };
  const keyOf = (id: string) => `${prefix}:session:${SNAPSHOT_FORMAT.version}:${id}`;
  const trusted = () =>
    waitUntil('all instances trust their caches', async () => {
      const states = await Promise.all(services.map(({ api }) => api.call('GET', '/health/ready')));
      return states.every(({ body }) => body.caches_trusted);
    });
  const sql = async (text: string, parameters: unknown[]) => (await postgres.query(text, parameters)).rows[0];

  /** The entry of a session, as an instance wrote it. */
  async function entryOf({ access_token, session_id }: Tokens): Promise<Snapshot> {
    expect((await one.me(access_token)).status).toBe(200);
    const entry = await waitUntil('the session is cached', () => redis('GET', keyOf(session_id)));
    const { sealed } = JSON.parse(String(entry)) as { sealed: string };
    return JSON.parse(authenticators.sessionCache.open(keyOf(session_id), sealed) ?? '') as Snapshot;
  }

  /** Makes every instance read an altered entry from Redis when the session is next used. */
  async function alter(tokens: Tokens, change: Record<string, unknown>, seal: boolean): Promise<void> {
    const key = keyOf(tokens.session_id);
    const text = JSON.stringify({ ...(await entryOf(tokens)), ...change });
    const genuine = JSON.parse(String(await redis('GET', key))) as { sealed: string };
    // The proof of the genuine entry, with another text.
    const forged = genuine.sealed.split('.').slice(0, 2).join('.');
    const sealed = seal ? authenticators.sessionCache.seal(key, text) : `${forged}.${text}`;
    await trusted();
    await redis('SET', key, JSON.stringify({ sealed }));
    const changes = `${prefix}:changes`;
    // An instance announces it, so that the altered entry is what decides.
    await redis('PUBLISH', changes, authenticators.instances.seal(changes, tokens.session_id));
    await sleep(100);
  }

  async function twoDevices() {
    const owner = await one.newcomer();
    const thief = await one.session(owner.email);
    return { owner, thief };
  }

  it('shows no address, confirmation or device that is only in Redis', async () => {
    const owner = await one.newcomer();
    const { profile } = await entryOf(owner);
    const forged = { ...profile, email: 'admin@example.com', emailVerified: true, deviceName: 'Forged' };
    await alter(owner, { profile: forged }, false);
    for (const api of [one, other]) {
      const { status, text } = await api.me(owner.access_token);
      expect(status).toBe(200);
      expect(text).toContain(owner.email);
      expect(text).not.toMatch(/admin@example|Forged|"email_verified":true/);
    }
  });

  it.each([
    ['a forged entry', false],
    // As a bug would, or an old entry.
    ['a sealed entry', true],
  ])('signs out the others and keeps the caller, although %s names another device', async (_, seal) => {
    const { owner, thief } = await twoDevices();
    await alter(owner, { deviceId: thief.device_id }, seal);
    const { status } = await other.call('DELETE', '/devices?except=current', { token: owner.access_token });
    expect(status).toBe(204);
    for (const api of [one, other]) {
      expect((await api.me(thief.access_token)).status).toBe(401);
      expect((await api.me(owner.access_token)).status).toBe(200);
    }
  });

  it('marks the current device by Postgres', async () => {
    const { owner, thief } = await twoDevices();
    await alter(owner, { deviceId: thief.device_id }, true);
    const { body } = await other.call<{ devices: { id: string; current: boolean }[] }>('GET', '/devices', {
      token: owner.access_token,
    });
    expect(body.devices.filter(({ current }) => current).map(({ id }) => id)).toEqual([owner.device_id]);
  });

  it('counts wrong passwords of a password change for the device in Postgres', async () => {
    const { owner } = await twoDevices();
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) {
      await alter(owner, { deviceId: `00000000-0000-7000-8000-0000000000${n + 10}` }, true);
      const body = { current_password: `${PASSWORD}${n}`, new_password: 'some other horse 1' };
      const answer = await one.call('POST', '/auth/password/change', { token: owner.access_token, body });
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([...Array(10).fill(403), 429, 429]);
  });

  it('compares no more passwords than the limit on each instance when the counters are deleted', async () => {
    const { email } = await one.newcomer();
    for (const api of [one, other]) {
      let compared = 0;
      for (let n = 0; n < 13; n++) {
        const keys = (await redis('KEYS', `${prefix}:login:*`)) as string[];
        if (keys.length > 0) await redis('DEL', ...keys);
        if ((await api.login(email, { password: `${PASSWORD}${n}` })).status === 401) compared += 1;
      }
      expect(compared).toBe(10);
    }
  });

  describe.each([
    ['that is not sealed', (_: string, text: string) => text],
    [
      'with the proof of another text',
      (channel: string, text: string) =>
        `${authenticators.instances.seal(channel, 'x').split('.').slice(0, 2).join('.')}.${text}`,
    ],
    [
      'that was sealed for another channel',
      (channel: string, text: string) => authenticators.instances.seal(`${channel}:x`, text),
    ],
    [
      'that was sealed for another purpose',
      (channel: string, text: string) => authenticators.accountChanges.seal(channel, text),
    ],
  ])('a push %s', (_, seal) => {
    const push = async (ends: object) => {
      const channel = `${prefix}:ends`;
      const text = JSON.stringify({ from: 'x', pushId: '1', ends: { sessions: [], cutOffs: [], ...ends } });
      await redis('PUBLISH', channel, seal(channel, text));
    };

    it('ends no session', async () => {
      const owner = await one.newcomer();
      for (const api of [one, other]) expect((await api.me(owner.access_token)).status).toBe(200);
      await push({ sessions: [{ sessionId: owner.session_id, reason: 'logout' }] });
      await sleep(200);
      for (const api of [one, other]) expect((await api.me(owner.access_token)).status).toBe(200);
      await trusted();
      for (const api of [one, other]) expect((await api.me(owner.access_token)).status).toBe(200);
      const row = await sql('SELECT status FROM sessions WHERE id = $1', [owner.session_id]);
      expect(row).toEqual({ status: 'active' });
    });

    it('makes no token stale, and leaves the version of the roles', async () => {
      const owner = await one.newcomer();
      const user = await sql('SELECT user_id AS id FROM sessions WHERE id = $1', [owner.session_id]);
      await push({ cutOffs: [{ userId: user?.id, rolesVersion: ROLES_VERSION_MAX }] });
      await sleep(200);
      await trusted();
      for (const api of [one, other]) expect((await api.me(owner.access_token)).status).toBe(200);
      expect(await sql('SELECT roles_version FROM users WHERE id = $1', [user?.id])).toEqual({
        roles_version: 0,
      });
    });
  });

  it('answers a revoke after a lease, not before, while the registration of the other instance is removed', async () => {
    const [first, second] = [await one.newcomer(), await one.newcomer()];
    await trusted();
    expect((await one.logout(first.access_token)).status).toBe(204);
    const enforced = await waitUntil('the revocation is confirmed', () =>
      sql(`SELECT detail->>'by' AS by FROM session_events WHERE session_id = $1 AND kind = 'enforced'`, [
        first.session_id,
      ]),
    );
    const table = `${prefix}:instances`;
    const others = ((await redis('HKEYS', table)) as string[]).filter((id) => id !== enforced.by);
    expect(others).toHaveLength(1);
    let isDone = false;
    const removing = (async () => {
      while (!isDone) await redis('HDEL', table, ...others);
    })();
    const startedAt = performance.now();
    expect((await one.logout(second.access_token)).status).toBe(204);
    const tookMs = performance.now() - startedAt;
    isDone = true;
    await removing;
    expect(tookMs).toBeGreaterThan(LEASE_MS * 0.9);
  });

  it('stores no token, password or link in Redis', async () => {
    const { owner } = await twoDevices();
    await entryOf(owner);
    await one.call('POST', '/auth/password/forgot', { body: { email: owner.email } });
    const keys = (await redis('KEYS', `${prefix}:*`)) as string[];
    const { port } = new URL(process.env.TEST_REDIS_URL ?? '');
    const dumps = await redisCommands(
      Number(port),
      keys.map((key) => ['DUMP', key]),
    );
    const everything = keys.join() + dumps.map(String).join();
    expect(everything).toContain(owner.session_id);
    for (const secret of [owner.access_token, owner.refresh_token, owner.device_token, PASSWORD, 'lkm_'])
      expect(everything).not.toContain(secret);
  });
});
