import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';
import { RedisServer } from '../support/redis-server.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';
import { waitUntil } from '../support/wait-until.js';

const PATIENCE = { timeoutMs: 60_000 };

it('reports that Redis is unreachable, without its password', async () => {
  const database = await createTestDatabase();
  const url = `redis://:hunter2@127.0.0.1:${await freePort()}`;
  const service = await ServiceProcess.start(serviceEnv(database.url, { REDIS_URL: url }));
  await service.stop();
  await database.drop();
  expect(service.log).toMatch(
    /unreachable, continuing with Postgres: connect ECONNREFUSED 127\.0\.0\.1:\d+"/,
  );
  expect(service.log).not.toContain('hunter2');
});

describe('instances that start while Redis is down', () => {
  let redis: RedisServer;
  let database: TestDatabase;
  let services: ServiceProcess[] = [];

  beforeEach(async () => {
    redis = await RedisServer.start();
    database = await createTestDatabase();
  });
  afterEach(async () => {
    redis.resume();
    expect(await Promise.all(services.map((service) => service.stop()))).toEqual([0, 0]);
    await redis.dispose();
    await database.drop();
  });

  const logged = (service: ServiceProcess, line: string) =>
    waitUntil(`the log says "${line}"`, async () => service.log.includes(line));
  const ready = async ({ api }: ServiceProcess) => (await api.call('GET', '/health/ready')).body;

  it.each([
    ['does not listen', () => redis.kill()],
    ['accepts connections but never responds', async () => redis.pause()],
  ] as const)('serve like running ones if it %s, and use it when it is there', async (_how, fail) => {
    await fail();
    const env = serviceEnv(database.url, { REDIS_URL: redis.url, LOG_LEVEL: 'info' });
    services = await Promise.all([ServiceProcess.start(env), ServiceProcess.start(env)]);
    const [one, other] = services as [ServiceProcess, ServiceProcess];
    for (const service of services) {
      expect(await ready(service)).toEqual({
        status: 'degraded',
        dependencies: { postgres: 'up', redis: 'down' },
        caches_trusted: false,
      });
      await logged(service, 'unreachable, continuing with Postgres: ');
    }

    // P3: refused within a second of the commit. No instance can confirm it, so it is not answered 204.
    const [first, second] = await Promise.all([one.api.newcomer(), other.api.newcomer()]);
    expect((await other.api.me(first.access_token)).status).toBe(200);
    expect((await one.api.logout(first.access_token)).status).toBe(202);
    for (const { api } of services) expect((await api.me(first.access_token)).status).toBe(401);

    redis.resume();
    if (!redis.isRunning) await redis.start();
    await waitUntil(
      'both use it',
      async () =>
        (await Promise.all(services.map(ready))).every((it) => it.status === 'ready' && it.caches_trusted),
      PATIENCE,
    );
    for (const service of services) await logged(service, 'reachable again');
    for (const { api } of services) {
      expect((await api.me(second.access_token)).status).toBe(200);
      expect((await api.me(first.access_token)).status).toBe(401);
    }
    // P1, P2: as ever.
    await waitUntil('a revoke is confirmed', async () => {
      const { access_token } = await one.api.newcomer();
      expect((await other.api.me(access_token)).status).toBe(200);
      const { status } = await one.api.logout(access_token);
      expect((await other.api.me(access_token)).status).toBe(401);
      return status === 204;
    });
  });
});
