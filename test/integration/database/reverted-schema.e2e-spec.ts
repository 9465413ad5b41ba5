import { MIGRATIONS } from '../../../src/database/migration-list.js';
import { revertMigration, runMigrations } from '../../../src/database/migrations.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';
import { waitUntil } from '../../support/wait-until.js';

describe('an instance whose migrations are reverted while it runs', () => {
  let database: TestDatabase;
  let service: ServiceProcess;

  beforeAll(async () => {
    database = await createTestDatabase();
    service = await ServiceProcess.start(serviceEnv(database.url));
  });
  afterAll(async () => {
    await service?.stop();
    await database?.drop();
  });

  it('answers 503, never 500, says why in its log, and recovers when they are applied again', async () => {
    const { email, access_token, refresh_token } = await service.api.newcomer();
    const unexpected: string[] = [];
    for (const { name } of MIGRATIONS.toReversed()) {
      await revertMigration(database.url);
      expect((await service.api.call('GET', '/health/ready')).status).toBe(503);
      for (const { status, text } of [
        await service.api.login(email),
        await service.api.register(`x${name}@example.org`.toLowerCase()),
        await service.api.refresh(refresh_token),
        await service.api.call('GET', '/devices', { token: access_token }),
      ])
        if (status === 500) unexpected.push(`${name}: ${text}`);
    }
    expect(unexpected).toEqual([]);

    const readiness = await service.api.call('GET', '/health/ready');
    expect(readiness.status).toBe(503);
    expect(readiness.body).toMatchObject({
      status: 'unavailable',
      dependencies: { postgres: 'schema_outdated' },
    });
    const refused = await service.api.login(email);
    expect(refused.status).toBe(503);
    expect(refused.body).toMatchObject({ code: 'service_unavailable' });
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    const explanation =
      'the database schema is not that of this version, see \\"latchkey migrate show\\": relation \\"users\\" does not exist';
    await waitUntil('its log says why', () => service.log.includes(explanation));

    await runMigrations(database.url);
    await waitUntil(
      'registering works again',
      async () => (await service.api.register(email)).status === 201,
    );
    expect((await service.api.call('GET', '/health/ready')).body).toMatchObject({ status: 'ready' });
  });
});
