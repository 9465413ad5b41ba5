import { RedisAuthenticators } from '../../src/redis/redis-authenticators.js';
import { SNAPSHOT_FORMAT } from '../../src/sessions/store/session-snapshot.js';
import type { Api, Tokens } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';
import { waitUntil } from '../support/wait-until.js';
import { redisCommands } from './history/redis-commands.js';

const START_MS = 180_000;

/** As the service seals it: what another version or a bug may have written. */
type Seal = (text: string, place?: string) => string;
type Snapshot = Record<string, unknown> & { profile: Record<string, unknown> };
const changed = (change: Record<string, unknown>) => (it: Snapshot, seal: Seal) =>
  seal(JSON.stringify({ ...it, ...change }));
const without = (name: string) => changed({ [name]: undefined });

/** What another version, a bug or an operator may have left in Redis instead of a valid snapshot. */
const ENTRIES: readonly [string, (good: Snapshot, seal: Seal) => string][] = [
  ['malformed JSON', () => 'not json {'],
  ['empty', () => ''],
  ['null', () => 'null'],
  ['a number', () => '7'],
  ['a string', () => '"active"'],
  ['an array', () => '[[[[]]]]'],
  ['an empty object', () => '{}'],
  ['malformed JSON, sealed', (_, seal) => seal('not json {')],
  ['null, sealed', (_, seal) => seal('null')],
  ['a snapshot that is not sealed', (good) => JSON.stringify(good)],
  ['a snapshot with an empty seal', (good) => JSON.stringify({ sealed: `1..${JSON.stringify(good)}` })],
  ['a snapshot that is sealed for another key', (good, seal) => seal(JSON.stringify(good), 'another key')],
  ['a megabyte', () => JSON.stringify('x'.repeat(1_000_000))],
  ...['userId', 'deviceId', 'status', 'createdAt', 'rolesVersion', 'lastSeenAt', 'readAt', 'profile'].map(
    (name): [string, (good: Snapshot, seal: Seal) => string] => [`missing ${name}`, without(name)],
  ),
  ['a snapshot with its times as strings', changed({ createdAt: '2026-01-01', lastSeenAt: '2026-01-01' })],
  ['a snapshot from the distant past', changed({ createdAt: 0, lastSeenAt: 0 })],
  ['a snapshot from the distant future', changed({ createdAt: 1e15, lastSeenAt: 1e15, readAt: 1e15 })],
  ['a snapshot marked as revoked', changed({ status: 'revoked', endedReason: 'logout' })],
  ['an active snapshot with an end reason', changed({ endedReason: 'logout' })],
  ['a snapshot of another user', changed({ userId: '00000000-0000-4000-8000-000000000000' })],
  ['a snapshot of another session', changed({ sessionId: '00000000-0000-4000-8000-000000000000' })],
  ['a snapshot with an empty profile', changed({ profile: {} })],
  ['a snapshot with a malformed profile', changed({ profile: { email: 7, deviceName: null, browser: [] } })],
  ['a snapshot with unknown members', changed({ tenant: 'x', __proto__: { status: 'revoked' } })],
];

describe('instances of two versions that share a cache with arbitrary entries', () => {
  let database: TestDatabase;
  let services: ServiceProcess[] = [];
  let one: Api;
  let other: Api;
  let older: Api;
  let prefix: string;
  let secret: string;

  const redis = (...command: string[]) =>
    redisCommands(Number(new URL(process.env.TEST_REDIS_URL ?? '').port), [command]);
  const keyOf = (id: string, shape = SNAPSHOT_FORMAT.version) => `${prefix}:session:${shape}:${id}`;
  const authenticator = () => new RedisAuthenticators(Buffer.from(secret)).sessionCache;
  const entryOf = async (id: string, shape?: number): Promise<Snapshot | null> => {
    const [entry] = await redis('GET', keyOf(id, shape));
    if (entry === null) return null;
    const { sealed } = JSON.parse(String(entry)) as { sealed: string };
    return JSON.parse(authenticator().open(keyOf(id, shape), sealed) ?? 'null');
  };
  const sealFor =
    (id: string): Seal =>
    (text, place = keyOf(id)) =>
      JSON.stringify({ sealed: authenticator().seal(place, text) });

  beforeAll(async () => {
    database = await createTestDatabase();
    const env = serviceEnv(database.url, { REDIS_URL: process.env.TEST_REDIS_URL ?? '' });
    prefix = env.REDIS_KEY_PREFIX ?? '';
    secret = env.LATCHKEY_SECRET ?? '';
    const before = [new URL('./planted-bugs/different-cache-format.ts', import.meta.url).href];
    services = await Promise.all([
      ServiceProcess.start(env),
      ServiceProcess.start(env),
      ServiceProcess.start(env, before),
    ]);
    [one, other, older] = services.map(({ api }) => api) as [Api, Api, Api];
    await waitUntil(
      'all instances trust their caches',
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
    await waitUntil('the session is in the cache', () => entryOf(tokens.session_id));
    return { tokens, body };
  }

  it.each(ENTRIES)('answer from Postgres if the entry is %s', async (_, entry) => {
    const { tokens, body } = await cached();
    const good = await entryOf(tokens.session_id);
    if (!good) throw new Error('the session is not in the cache');
    await redis('SET', keyOf(tokens.session_id), entry(good, sealFor(tokens.session_id)));
    const answer = await other.me(tokens.access_token);
    expect({ status: answer.status, body: withoutLastUse(answer.body) }).toEqual({
      status: 200,
      body: withoutLastUse(body),
    });

    expect((await other.logout(tokens.access_token)).status).toBe(204);
    await redis('SET', keyOf(tokens.session_id), entry(good, sealFor(tokens.session_id)));
    for (const api of [one, other, older]) expect((await api.me(tokens.access_token)).status).toBe(401);
  });

  it('answer from Postgres if the key does not hold a string', async () => {
    const { tokens } = await cached();
    await redis('DEL', keyOf(tokens.session_id));
    await redis('LPUSH', keyOf(tokens.session_id), 'a list');
    expect((await other.me(tokens.access_token)).status).toBe(200);
  });

  it('share sessions and revocations across versions, but not cache entries', async () => {
    const { tokens } = await cached();
    expect((await older.me(tokens.access_token)).status).toBe(200);
    await waitUntil('each version has written its own entry', async () => {
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

  /** Leaves out the last use, and the expiry that follows from it: they change between two responses. */
  function withoutLastUse(body: unknown): unknown {
    return JSON.parse(
      JSON.stringify(body, (name, value) => (/seen|^expires_at$/.test(name) ? undefined : value)),
    );
  }
});
