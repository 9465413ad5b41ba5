import { SNAPSHOT_FORMAT } from '../../src/sessions/store/session-snapshot.js';
import type { Api, Tokens } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';
import { waitUntil } from '../support/wait-until.js';
import { redisCommands } from './history/redis-command.js';

const START_MS = 180_000;

type Snapshot = Record<string, unknown> & { profile: Record<string, unknown> };
const changed = (change: Record<string, unknown>) => (it: Snapshot) => JSON.stringify({ ...it, ...change });
const without = (name: string) => changed({ [name]: undefined });

/** What another version, a mistake or a hand may have left in Redis in place of a snapshot. */
const ENTRIES: readonly [string, (good: Snapshot) => string][] = [
  ['what is no JSON', () => 'not json {'],
  ['nothing', () => ''],
  ['null', () => 'null'],
  ['a number', () => '7'],
  ['a text', () => '"active"'],
  ['a list', () => '[[[[]]]]'],
  ['an empty object', () => '{}'],
  ['a megabyte', () => JSON.stringify('x'.repeat(1_000_000))],
  ...['userId', 'deviceId', 'status', 'createdAt', 'rolesVersion', 'lastSeenAt', 'readAt', 'profile'].map(
    (name): [string, (good: Snapshot) => string] => [`one without ${name}`, without(name)],
  ),
  ['one with its times as texts', changed({ createdAt: '2026-01-01', lastSeenAt: '2026-01-01' })],
  ['one of the distant past', changed({ createdAt: 0, lastSeenAt: 0 })],
  ['one of the distant future', changed({ createdAt: 1e15, lastSeenAt: 1e15, readAt: 1e15 })],
  ['one that says it has ended', changed({ status: 'revoked', endedReason: 'logout' })],
  ['one with an end in an active session', changed({ endedReason: 'logout' })],
  ['another user’s', changed({ userId: '00000000-0000-4000-8000-000000000000' })],
  ['another session’s', changed({ sessionId: '00000000-0000-4000-8000-000000000000' })],
  ['one with an empty profile', changed({ profile: {} })],
  ['one with a profile of another shape', changed({ profile: { email: 7, deviceName: null, browser: [] } })],
  ['one with members that nobody knows', changed({ tenant: 'x', __proto__: { status: 'revoked' } })],
];

describe('instances of two versions, with a shared cache that holds anything', () => {
  let database: TestDatabase;
  let services: ServiceProcess[] = [];
  let one: Api;
  let other: Api;
  let older: Api;
  let prefix: string;

  const redis = (...command: string[]) =>
    redisCommands(Number(new URL(process.env.TEST_REDIS_URL ?? '').port), [command]);
  const keyOf = (id: string, shape = SNAPSHOT_FORMAT.version) => `${prefix}:session:${shape}:${id}`;
  const entryOf = async (id: string, shape?: number) =>
    JSON.parse(String((await redis('GET', keyOf(id, shape)))[0])) as Snapshot | null;

  beforeAll(async () => {
    database = await createTestDatabase();
    const env = serviceEnv(database.url, { REDIS_URL: process.env.TEST_REDIS_URL ?? '' });
    prefix = env.REDIS_KEY_PREFIX ?? '';
    const before = [new URL('./planted/another-shape.ts', import.meta.url).href];
    services = await Promise.all([
      ServiceProcess.start(env),
      ServiceProcess.start(env),
      ServiceProcess.start(env, before),
    ]);
    [one, other, older] = services.map(({ api }) => api) as [Api, Api, Api];
    await waitUntil(
      'all trust their caches',
      async () => {
        const states = await Promise.all(services.map(({ api }) => api.call('GET', '/health/ready')));
        return states.every(({ body }) => body.caches_trusted);
      },
      { timeoutMs: 60_000 },
    );
  }, START_MS);
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await database?.drop();
  });

  async function cached(): Promise<{ tokens: Tokens; body: unknown }> {
    const tokens = await one.newcomer();
    const { status, body } = await one.me(tokens.access_token);
    expect(status).toBe(200);
    await waitUntil('it is in the cache', () => entryOf(tokens.session_id));
    return { tokens, body };
  }

  it.each(ENTRIES)('answer as the truth has it where the entry is %s', async (_, entry) => {
    const { tokens, body } = await cached();
    const good = await entryOf(tokens.session_id);
    if (!good) throw new Error('it is not in the cache');
    await redis('SET', keyOf(tokens.session_id), entry(good));
    const answer = await other.me(tokens.access_token);
    expect({ status: answer.status, body: told(answer.body) }).toEqual({ status: 200, body: told(body) });

    expect((await other.logout(tokens.access_token)).status).toBe(204);
    await redis('SET', keyOf(tokens.session_id), entry(good));
    for (const api of [one, other, older]) expect((await api.me(tokens.access_token)).status).toBe(401);
  });

  it('answer as the truth has it where the key holds no text', async () => {
    const { tokens } = await cached();
    await redis('DEL', keyOf(tokens.session_id));
    await redis('LPUSH', keyOf(tokens.session_id), 'a list');
    expect((await other.me(tokens.access_token)).status).toBe(200);
  });

  it('of two versions share sessions and ends, and no entries', async () => {
    const { tokens } = await cached();
    expect((await older.me(tokens.access_token)).status).toBe(200);
    await waitUntil('each has an entry of its own', async () => {
      const entries = await Promise.all([entryOf(tokens.session_id), entryOf(tokens.session_id, 0)]);
      return entries.every((entry) => entry !== null);
    });
    const refreshed = (await older.refresh(tokens.refresh_token)).body;
    for (const api of [one, other, older]) expect((await api.me(refreshed.access_token)).status).toBe(200);
    expect((await older.logout(refreshed.access_token)).status).toBe(204);
    for (const api of [one, other, older]) {
      for (const { access_token } of [tokens, refreshed])
        expect((await api.me(access_token)).status).toBe(401);
    }
    const { tokens: more } = await cached();
    expect((await older.me(more.access_token)).status).toBe(200);
    expect((await one.logout(more.access_token)).status).toBe(204);
    expect((await older.me(more.access_token)).status).toBe(401);
  });

  /** When it was last seen moves on. */
  function told(body: unknown): unknown {
    return JSON.parse(JSON.stringify(body, (name, value) => (/seen/.test(name) ? undefined : value)));
  }
});
