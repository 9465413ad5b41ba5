import { runMigrations } from '../src/database/migrations.js';
import type { Api } from './support/api.js';
import { PostgresServer } from './support/postgres-server.js';
import { serviceEnv } from './support/service-env.js';
import { ServiceProcess } from './support/service-process.js';
import { waitUntil } from './support/wait-until.js';

/** What readiness says while it drains is in `stop.e2e-spec.ts`; with Redis away, in `faults/redis.e2e-spec.ts`. */
describe('the health of an instance', () => {
  let postgres: PostgresServer;
  let service: ServiceProcess;
  let api: Api;

  beforeAll(async () => {
    postgres = await PostgresServer.start();
    await runMigrations(postgres.url);
    service = await ServiceProcess.start(serviceEnv(postgres.url, { SESSION_MAX_STALENESS: '2s' }));
    api = service.api;
  }, 180_000);
  afterAll(async () => {
    // Postgres away or not, the stop is a good one.
    expect(await service?.stop()).toBe(0);
    await postgres?.dispose();
  });

  const ready = async () => {
    return (await api.call('GET', '/health/ready')).body;
  };
  const live = async () => (await api.call('GET', '/health/live')).text;

  it('is ready with what it has been given, and needs no token to say so', async () => {
    const { status, body, headers } = await api.call('GET', '/health/ready');
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'ready',
      dependencies: { postgres: 'up', redis: 'not_configured' },
      caches_trusted: true,
    });
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(await live()).toBe('{"status":"live"}');
  });

  it('goes on without Postgres for a while, is then unavailable, alive all the time, and ready again by itself', async () => {
    const { access_token } = await api.newcomer();
    expect((await api.me(access_token)).status).toBe(200);
    await postgres.kill();
    // Caches may answer for SESSION_MAX_STALENESS.
    expect((await api.me(access_token)).status).toBe(200);

    await waitUntil('it is unavailable', async () => (await api.call('GET', '/health/ready')).status === 503);
    expect(await ready()).toMatchObject({
      status: 'unavailable',
      dependencies: { postgres: 'down' },
      caches_trusted: false,
    });
    const refused = await api.me(access_token);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(await live()).toBe('{"status":"live"}');

    await postgres.start();
    await waitUntil(
      'it is ready',
      async () => (await api.call('GET', '/health/ready')).body.status === 'ready',
    );
    expect((await api.me(access_token)).status).toBe(200);
    await postgres.kill();
  });
});
