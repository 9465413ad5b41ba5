import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { MIGRATIONS } from '../../src/database/migration-list.js';
import { SessionSweeper } from '../../src/sessions/store/session-sweeper.js';
import type { Api, Tokens } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';
import { SessionRows } from '../support/session-rows.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { testConfig } from '../support/test-config.js';
import { Traffic } from '../support/traffic.js';
import { waitUntil } from '../support/wait-until.js';

const START_MS = 180_000;
const INSTANCES = 3;
/** One second, plus a margin for a busy machine. */
const BOUND_MS = 3_000;
const MANY = 5_000;

describe('three instances that run every background task concurrently', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let rows: SessionRows;
  let redis: TcpProxy;
  let services: ServiceProcess[] = [];
  const apis = (): Api[] => services.map(({ api }) => api);

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await new DataSource(dataSourceOptions(database.url, 4)).initialize();
    rows = new SessionRows(dataSource);
    await dataSource.query('DROP SCHEMA public CASCADE');
    await dataSource.query('CREATE SCHEMA public');
    const redisUrl = process.env.TEST_REDIS_URL ?? '';
    redis = await TcpProxy.start({ port: Number(new URL(redisUrl).port) });
    const env = serviceEnv(database.url, { REDIS_URL: redisUrl, MIGRATE_ON_START: 'true' });
    const ways = [redis.through(redisUrl), ...Array.from({ length: INSTANCES - 1 }, () => redisUrl)];
    services = await Promise.all(ways.map((way) => ServiceProcess.start({ ...env, REDIS_URL: way })));
    await waitUntil(
      'all instances trust their caches',
      async () => {
        const states = await Promise.all(apis().map((api) => api.call('GET', '/health/ready')));
        return states.every(({ body }) => body.status === 'ready' && body.caches_trusted);
      },
      { timeoutMs: 60_000 },
    );
  }, START_MS);
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await redis?.stop();
    await dataSource?.destroy();
    await database?.drop();
  });

  async function warmedUp(api = apis()[0]!): Promise<Tokens & { email: string }> {
    const person = await api.newcomer();
    for (const each of apis()) expect((await each.me(person.access_token)).status).toBe(200);
    return person;
  }
  const userOf = async (email: string): Promise<string> =>
    (await dataSource.query('SELECT id FROM users WHERE email = $1', [email]))[0].id;

  it('start together on an empty database and apply every migration once', async () => {
    const applied = await dataSource.query('SELECT name FROM schema_migrations ORDER BY id');
    expect(applied.map(({ name }: { name: string }) => name)).toEqual(MIGRATIONS.map(({ name }) => name));
    const keys = await dataSource.query('SELECT count(*)::integer AS made FROM signing_keys');
    expect(keys).toEqual([{ made: 1 }]);
    await warmedUp();
  });

  it('sweep many expired and old sessions together, each once, while serving requests', async () => {
    const watched = await warmedUp();
    const watch = [
      ...apis().map((api) => new Traffic(() => api.me(watched.access_token))),
      new Traffic(() => apis()[1]!.login(watched.email, { device_token: watched.device_token }), 50),
    ];
    const userId = await rows.user();
    const deviceId = await rows.device(userId);
    const [expired, dead] = [
      await rows.sessions(MANY, userId, deviceId),
      await rows.sessions(MANY, userId, deviceId),
    ];
    await rows.end(dead);
    await rows.backdateEnd(dead, '100 days');
    await rows.pastTriggers(
      `UPDATE sessions SET last_seen_at = now() - interval '61 days', sweep_at = now() - interval '1 hour'
       WHERE id = ANY ($1)`,
      [expired],
    );
    const config = testConfig(database.url);
    const sources = await Promise.all(
      services.map(() => new DataSource(dataSourceOptions(database.url, 2)).initialize()),
    );
    const sweepers = sources.map((source) => new SessionSweeper(source, config));
    // A row that an instance confirms at that moment is skipped. The next sweep takes it.
    await waitUntil('all of them are swept', async () => {
      await Promise.all(sweepers.map((sweeper) => sweeper.sweep()));
      const [{ left }] = await dataSource.query(
        `SELECT count(*)::integer AS left FROM sessions
         WHERE id = ANY ($1) AND status = 'active' OR id = ANY ($2)`,
        [expired, dead],
      );
      return left === 0;
    });
    await Promise.all(sources.map((source) => source.destroy()));

    const [after] = await dataSource.query(
      `SELECT (SELECT count(*) FROM sessions WHERE id = ANY ($1) AND status = 'expired')::integer AS expired,
              (SELECT count(*) FROM session_events WHERE session_id = ANY ($1) AND kind = 'ended')::integer AS ended_events,
              (SELECT count(*) FROM session_events WHERE session_id = ANY ($2))::integer AS remembered`,
      [expired, dead],
    );
    expect(after).toEqual({ expired: MANY, ended_events: MANY, remembered: 0 });
    for (const { statuses } of await Promise.all(watch.map((traffic) => traffic.stop()))) {
      const { 200: granted = 0, 503: unanswered = 0, ...others } = statuses;
      expect(others).toEqual({});
      // On a busy machine Postgres may answer later than a request waits for.
      expect(unanswered).toBeLessThanOrEqual(Math.ceil(granted / 50));
    }
    for (const { log } of services) expect(log).not.toMatch(/deadlock|unexpected error/);
  });

  it('all refuse thousands of sessions within a second after one SQL statement revoked them', async () => {
    const people = [await warmedUp(), await warmedUp(apis()[1])];
    const userId = await userOf(people[0]!.email);
    const deviceId = people[0]!.device_id;
    await rows.sessions(MANY, userId, deviceId);
    await dataSource.query(`UPDATE sessions SET status = 'revoked' WHERE status = 'active'`);
    const endedAt = performance.now();
    for (const api of apis()) {
      for (const { access_token } of people) {
        await waitUntil('the session is refused', async () => (await api.me(access_token)).status === 401);
        expect(performance.now() - endedAt).toBeLessThan(BOUND_MS);
      }
    }
    for (const api of apis()) {
      for (const { refresh_token } of people) expect((await api.refresh(refresh_token)).status).toBe(401);
    }
    await waitUntil(
      'all revocations are confirmed, each once',
      async () => {
        const [{ open, confirmations, once }] = await dataSource.query(
          `SELECT (SELECT count(*) FROM sessions WHERE status <> 'active' AND enforced_at IS NULL)::integer AS open,
                  count(*)::integer AS confirmations, count(DISTINCT session_id)::integer AS once
           FROM session_events WHERE kind = 'enforced'`,
        );
        expect(confirmations).toBe(once);
        return open === 0;
      },
      { timeoutMs: 60_000, everyMs: 200 },
    );
  });

  it('enforce a revocation whose instance was killed after the commit, before it could push it', async () => {
    const [revoker, ...others] = services;
    const ended = await warmedUp();
    redis.hang();
    const answer = revoker!.api.logout(ended.access_token).then(
      ({ status }) => status,
      () => 'none' as const,
    );
    await waitUntil(
      'the revocation is committed',
      async () =>
        (await dataSource.query('SELECT status FROM sessions WHERE id = $1', [ended.session_id]))[0]
          .status === 'revoked',
    );
    revoker!.kill();
    const committedAt = performance.now();
    expect(await answer).toBe('none');
    for (const { api } of others) {
      await waitUntil(
        'the session is refused',
        async () => (await api.me(ended.access_token)).status === 401,
      );
      expect(performance.now() - committedAt).toBeLessThan(BOUND_MS);
    }
    const confirmedBy = () =>
      dataSource.query(
        `SELECT detail->>'how' AS how FROM session_events WHERE session_id = $1 AND kind = 'enforced'`,
        [ended.session_id],
      );
    await waitUntil('another instance has confirmed it', async () => (await confirmedBy()).length > 0, {
      timeoutMs: 30_000,
    });
    expect(await confirmedBy()).toHaveLength(1);
  });
});
