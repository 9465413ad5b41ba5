import { runMigrations } from '../../src/database/migrations.js';
import type { Answer } from '../support/answer.js';
import type { Api, Tokens } from '../support/api.js';
import { PostgresServer } from '../support/postgres-server.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';
import { Traffic } from '../support/traffic.js';
import { waitUntil } from '../support/wait-until.js';

/** A wait for a pooled connection on a busy machine. */
const BOUND_MS = 8_000;
/** Several processes and a Postgres server start on cores shared with other tests. */
const START_MS = 180_000;
const PATIENCE = { timeoutMs: 30_000 };

describe.each([
  ['two instances with Redis', 2, true],
  ['one instance without Redis', 1, false],
] as const)('%s whose Postgres fails', (_what, instances, withRedis) => {
  let postgres: PostgresServer;
  let services: ServiceProcess[] = [];
  let apis: Api[] = [];

  beforeAll(async () => {
    postgres = await PostgresServer.start({ durable: true });
    await runMigrations(postgres.url);
    const env = serviceEnv(postgres.url, withRedis ? { REDIS_URL: process.env.TEST_REDIS_URL ?? '' } : {});
    services = await Promise.all(Array.from({ length: instances }, () => ServiceProcess.start(env)));
    apis = services.map(({ api }) => api);
    await allRecovered();
  }, START_MS);
  afterAll(async () => {
    postgres?.resume();
    await Promise.all(services.map((service) => service.stop()));
    await postgres?.dispose();
  });
  afterEach(async () => {
    postgres.resume();
    if (!postgres.isRunning) await postgres.start();
    await allRecovered();
  });

  const ready = (api: Api) => api.call('GET', '/health/ready');

  const allRecovered = () =>
    waitUntil(
      'all instances reach Postgres and trust their caches',
      async () => {
        const states = await Promise.all(apis.map(ready));
        return states.every(({ body }) => body.status === 'ready' && body.caches_trusted);
      },
      PATIENCE,
    );

  async function warmedUp(): Promise<Tokens & { email: string }> {
    const [first] = apis;
    const person = await first!.newcomer();
    for (const api of apis) expect((await api.me(person.access_token)).status).toBe(200);
    return person;
  }

  it.each([
    ['killed', () => postgres.kill()],
    ['paused, so that it accepts connections but never responds', async () => postgres.pause()],
  ] as const)(
    '%s: sessions in use are still granted, everything else is answered with 503',
    async (_how, fail) => {
      const [watched, ended] = [await warmedUp(), await warmedUp()];
      for (const api of apis) expect((await api.me(ended.access_token)).status).toBe(200);
      const watch = apis.map((api) => new Traffic(() => api.me(watched.access_token)));
      await fail();

      for (const api of apis) {
        for (const request of [
          () => api.login(watched.email),
          () => api.register('late@example.org'),
          () => api.refresh(watched.refresh_token),
          () => api.logout(ended.access_token),
          () => api.call('DELETE', '/devices', { token: ended.access_token }),
          () => api.devices(watched.access_token),
        ]) {
          unavailable(await timed(request));
        }
        const { status, body } = await ready(api);
        expect({ status, body }).toMatchObject({
          status: 200,
          body: { status: 'degraded', dependencies: { postgres: 'down' }, caches_trusted: true },
        });
        expect((await api.call('GET', '/health/live')).status).toBe(200);
      }

      postgres.resume();
      if (!postgres.isRunning) await postgres.start();
      await allRecovered();
      for (const { statuses, slowestMs } of await Promise.all(watch.map((traffic) => traffic.stop()))) {
        expect(Object.keys(statuses)).toEqual(['200']);
        expect(slowestMs).toBeLessThan(BOUND_MS);
      }
      for (const api of apis) {
        expect((await api.login(watched.email)).status).toBe(200);
        // A request answered with 503 can be retried: nothing was left half done.
        expect([200, 401]).toContain((await api.me(ended.access_token)).status);
      }
      expect((await apis[0]!.refresh(watched.refresh_token)).status).toBe(200);
    },
  );

  async function timed(request: () => Promise<Answer | Answer<Tokens>>) {
    const sentAt = performance.now();
    const { status, headers, text } = await request();
    return { status, headers, text, ms: performance.now() - sentAt };
  }

  function unavailable({ status, headers, text, ms }: Awaited<ReturnType<typeof timed>>): void {
    expect({ status, text }).toMatchObject({
      status: 503,
      text: expect.stringContaining('"service_unavailable"'),
    });
    expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(ms).toBeLessThan(BOUND_MS);
  }
});
