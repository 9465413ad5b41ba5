import type { Api } from '../support/api.js';
import { RedisServer } from '../support/redis-server.js';
import { type Instances, startInstances } from '../support/start-instances.js';
import { type Observed, Traffic } from '../support/traffic.js';
import { waitUntil } from '../support/wait-until.js';

/** Longest request during a fault, on a machine that runs other tests. A hanging client would never finish. */
const BOUND_MS = 3_000;
/** Several processes and a Redis server start on cores shared with other tests. */
const START_MS = 180_000;
const PATIENCE = { timeoutMs: 30_000 };

describe('two instances whose Redis fails', () => {
  let redis: RedisServer;
  let instances: Instances;
  let apis: readonly [Api, Api];

  beforeAll(async () => {
    redis = await RedisServer.start();
    instances = await startInstances({ REDIS_URL: redis.url });
    apis = [instances.services[0].api, instances.services[1].api];
  }, START_MS);
  afterAll(async () => {
    redis?.resume();
    await instances?.stop();
    await redis?.dispose();
  });
  afterEach(async () => {
    redis.resume();
    if (!redis.isRunning) await redis.start();
    await allRecovered();
  });

  const ready = async (api: Api) => (await api.call('GET', '/health/ready')).body;

  const allRecovered = () =>
    waitUntil(
      'both instances reach Redis and trust their caches',
      async () => {
        const states = await Promise.all(apis.map(ready));
        return states.every(
          (it) =>
            it.status === 'ready' &&
            it.caches_trusted &&
            JSON.stringify(it.dependencies).includes('"redis":"up"'),
        );
      },
      PATIENCE,
    );

  const onlyGood = ({ statuses, slowestMs }: Observed) => {
    expect(Object.keys(statuses)).toEqual(['200']);
    expect(slowestMs).toBeLessThan(BOUND_MS);
  };

  /** Revokes, and expects both instances to refuse within a second of the 202 or 204, plus a margin for a busy machine. */
  async function revokeHolds(token: string) {
    const sentAt = performance.now();
    const { status } = await apis[0].logout(token);
    expect([202, 204]).toContain(status);
    // At most one lease, or two seconds of waiting for another instance to confirm it.
    expect(performance.now() - sentAt).toBeLessThan(3_000 + BOUND_MS);
    if (status === 204) {
      for (const api of apis) expect((await api.me(token)).status).toBe(401);
    }
    for (const api of apis) {
      await waitUntil('the session is refused', async () => (await api.me(token)).status === 401, {
        timeoutMs: 2_000,
      });
    }
    return status;
  }

  it.each([
    ['killed', () => redis.kill()],
    ['paused, so that it accepts connections but never responds', async () => redis.pause()],
  ] as const)(
    '%s: every request is served from Postgres, and revoked sessions are refused',
    async (_how, fail) => {
      const people = await Promise.all([apis[0].newcomer(), apis[1].newcomer(), apis[0].newcomer()]);
      const [watched, ended, refreshed] = people;
      for (const api of apis) for (const { access_token } of people) await api.me(access_token);

      const watch = apis.map((api) => new Traffic(() => api.me(watched.access_token)));
      await fail();
      await waitUntil(
        'both report that they run without Redis',
        async () => {
          const states = await Promise.all(apis.map(ready));
          return states.every((it) => it.status === 'degraded' && it.caches_trusted === false);
        },
        PATIENCE,
      );
      for (const api of apis) {
        expect((await api.login(watched.email)).status).toBe(200);
        expect((await api.newcomer()).token_type).toBe('Bearer');
      }
      expect((await apis[1].refresh(refreshed.refresh_token)).status).toBe(200);
      await revokeHolds(ended.access_token);

      redis.resume();
      if (!redis.isRunning) await redis.start();
      await allRecovered();
      const seen = await Promise.all(watch.map((traffic) => traffic.stop()));
      seen.forEach(onlyGood);
      for (const api of apis) expect((await api.me(ended.access_token)).status).toBe(401);
      expect(await revokeHolds(watched.access_token)).toBe(204);
    },
  );

  it('restarted empty: no session is lost, and revokes are still enforced', async () => {
    const people = await Promise.all([apis[0].newcomer(), apis[1].newcomer()]);
    const [watched, ended] = people;
    for (const api of apis) for (const { access_token } of people) await api.me(access_token);
    const watch = apis.map((api) => new Traffic(() => api.me(watched.access_token)));
    await redis.kill();
    await redis.start();
    expect(await redis.send('DBSIZE')).toMatch(/^:[0-9]$/);
    await revokeHolds(ended.access_token);
    await allRecovered();
    (await Promise.all(watch.map((traffic) => traffic.stop()))).forEach(onlyGood);
    for (const api of apis) expect((await api.me(ended.access_token)).status).toBe(401);
  });
});
