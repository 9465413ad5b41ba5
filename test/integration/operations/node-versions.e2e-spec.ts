import { randomUUID } from 'node:crypto';
import type { Api } from '../../support/api.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { type NodeBinary, nodeBinary } from '../../support/node-binary.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';

const binaries: [major: number, binary: NodeBinary][] = [];
for (const major of [22, 24, 26]) binaries.push([major, await nodeBinary(major)]);

describe.each(binaries)('the built service on Node %i', (major, binary) => {
  if ('missing' in binary) {
    process.stderr.write(`Node ${major} is not tested: ${binary.missing}\n`);
    it.todo(`serves the main flows on Node ${major}`);
    return;
  }

  let database: TestDatabase;
  let service: ServiceProcess;
  let api: Api;

  beforeAll(async () => {
    database = await createTestDatabase();
    service = await ServiceProcess.startWith(
      binary.path,
      serviceEnv(database.url, {
        REDIS_URL: process.env.TEST_REDIS_URL ?? '',
        REDIS_KEY_PREFIX: `test-${randomUUID()}`,
      }),
    );
    api = service.api;
  });

  afterAll(async () => {
    await service?.stop();
    await database?.drop();
  });

  it('registers, logs in, refreshes and logs out', async () => {
    const { access_token, refresh_token } = await api.newcomer();
    expect((await api.me(access_token)).status).toBe(200);
    const { status, body } = await api.refresh(refresh_token);
    expect(status).toBe(200);
    expect((await api.me(body.access_token)).status).toBe(200);
    expect((await api.logout(body.access_token)).status).toBe(204);
    expect(await api.me(access_token)).toMatchObject({ status: 401, body: { code: 'session_revoked' } });
    expect((await api.refresh(body.refresh_token)).status).toBe(401);
  });

  it('lists devices and terminates one', async () => {
    const { email, access_token } = await api.newcomer();
    const other = await api.session(email, { device_name: 'Phone' });
    const { devices } = (await api.devices(access_token)).body;
    expect(devices.map(({ id }) => id)).toContain(other.device_id);
    expect((await api.end(access_token, `/devices/${other.device_id}`)).status).toBe(204);
    expect((await api.me(other.access_token)).status).toBe(401);
    expect((await api.me(access_token)).status).toBe(200);
  });

  it('stops with exit code 0 and without warnings', async () => {
    expect(await service.stop()).toBe(0);
    expect(service.log).not.toMatch(/Warning/);
  });
});
