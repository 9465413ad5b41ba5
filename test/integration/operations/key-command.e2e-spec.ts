import { randomUUID } from 'node:crypto';
import { COMMAND, runProgram } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';
import { type Instances, startInstances } from '../../support/start-instances.js';
import { waitUntil } from '../../support/wait-until.js';

describe('latchkey key replace', () => {
  let instances: Instances;
  beforeAll(async () => {
    instances = await startInstances({ REDIS_KEY_PREFIX: `test-${randomUUID()}` });
  }, 180_000);
  afterAll(() => instances?.stop());

  it('makes two running instances refuse tokens of the old key, and accept those of the new one', async () => {
    const [one, other] = [instances.services[0].api, instances.services[1].api];
    const { access_token, refresh_token } = await one.newcomer();
    expect((await other.me(access_token)).status).toBe(200);

    const { code, stdout, stderr } = await runProgram(
      COMMAND,
      ['key', 'replace', '--now'],
      serviceEnv(instances.database.url),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^[\w-]{43} signs, and 1 other key was removed\n$/);
    for (const api of [one, other])
      await waitUntil('the old key is refused', async () => (await api.me(access_token)).status === 401, {
        everyMs: 100,
      });
    expect((await one.me(access_token)).body).toMatchObject({ code: 'invalid_token' });

    const refreshed = await one.refresh(refresh_token);
    expect(refreshed.status).toBe(200);
    for (const api of [one, other]) expect((await api.me(refreshed.body.access_token)).status).toBe(200);
  });
});
