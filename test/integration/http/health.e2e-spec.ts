import { runMigrations } from '../../../src/database/migrations.js';
import type { Api } from '../../support/api.js';
import { PostgresServer } from '../../support/postgres-server.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';
import { waitUntil } from '../../support/wait-until.js';

/** Readiness during shutdown is tested in `stop.e2e-spec.ts`, readiness without Redis in `faults/redis.e2e-spec.ts`. */
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
    // A clean exit is expected even with Postgres down.
    expect(await service?.stop()).toBe(0);
    await postgres?.dispose();
  });

  const ready = async () => {
    return (await api.call('GET', '/health/ready')).body;
  };
  const live = async () => (await api.call('GET', '/health/live')).text;

  it('is ready with its configured dependencies, and needs no token', async () => {
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

  it('stays live without Postgres, becomes unavailable after the staleness limit, and recovers by itself', async () => {
    const { access_token } = await api.newcomer();
    expect((await api.me(access_token)).status).toBe(200);
    await postgres.kill();
    // Caches may answer for SESSION_MAX_STALENESS.
    expect((await api.me(access_token)).status).toBe(200);

    await waitUntil(
      'the instance is unavailable',
      async () => (await api.call('GET', '/health/ready')).status === 503,
    );
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
      'the instance is ready',
      async () => (await api.call('GET', '/health/ready')).body.status === 'ready',
    );
    expect((await api.me(access_token)).status).toBe(200);
    await postgres.kill();
  });
});
