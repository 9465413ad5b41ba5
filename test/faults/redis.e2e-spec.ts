import type { Api } from '../support/api.js';
import { RedisServer } from '../support/redis-server.js';
import { type Instances, startInstances } from '../support/start-instances.js';
import { type Observed, Traffic } from '../support/traffic.js';
import { waitUntil } from '../support/wait-until.js';

/** What a request may take meanwhile, on a machine that is busy with other tests. A hanging client would take forever. */
const BOUND_MS = 3_000;
/** Several processes and a Redis start, on cores that other tests use. */
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
    await allRecover();
  });

  const ready = async (api: Api) => (await api.call('GET', '/health/ready')).body;

  const allRecover = () =>
    waitUntil(
      'both see Redis and trust their caches',
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

  /** The end is refused by both within a second of the answer, 202 or 204, and what a busy machine adds. */
  async function revokeHolds(token: string) {
    const sentAt = performance.now();
    const { status } = await apis[0].logout(token);
    expect([202, 204]).toContain(status);
    // One lease at most, or two seconds of waiting to be confirmed by somebody else.
    expect(performance.now() - sentAt).toBeLessThan(3_000 + BOUND_MS);
    if (status === 204) {
      for (const api of apis) expect((await api.me(token)).status).toBe(401);
    }
    for (const api of apis) {
      await waitUntil('it is refused', async () => (await api.me(token)).status === 401, {
        timeoutMs: 2_000,
      });
    }
    return status;
  }

  it.each([
    ['killed', () => redis.kill()],
    ['stopped, so that it accepts and never answers', async () => redis.pause()],
  ] as const)('%s: all goes on from Postgres, and what is revoked is refused', async (_how, fail) => {
    const people = await Promise.all([apis[0].newcomer(), apis[1].newcomer(), apis[0].newcomer()]);
    const [watched, ended, refreshed] = people;
    for (const api of apis) for (const { access_token } of people) await api.me(access_token);

    const watch = apis.map((api) => new Traffic(() => api.me(watched.access_token)));
    await fail();
    await waitUntil(
      'both say that they go on without it',
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
    await allRecover();
    const seen = await Promise.all(watch.map((traffic) => traffic.stop()));
    seen.forEach(onlyGood);
    for (const api of apis) expect((await api.me(ended.access_token)).status).toBe(401);
    expect(await revokeHolds(watched.access_token)).toBe(204);
  });

  it('restarted empty: nobody is logged out, and a revoke still holds', async () => {
    const people = await Promise.all([apis[0].newcomer(), apis[1].newcomer()]);
    const [watched, ended] = people;
    for (const api of apis) for (const { access_token } of people) await api.me(access_token);
    const watch = apis.map((api) => new Traffic(() => api.me(watched.access_token)));
    await redis.kill();
    await redis.start();
    expect(await redis.send('DBSIZE')).toMatch(/^:[0-9]$/);
    await revokeHolds(ended.access_token);
    await allRecover();
    (await Promise.all(watch.map((traffic) => traffic.stop()))).forEach(onlyGood);
    for (const api of apis) expect((await api.me(ended.access_token)).status).toBe(401);
  });
});
