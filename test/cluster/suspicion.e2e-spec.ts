import { runMigrations } from '../../src/database/migrations.js';
import type { Tokens } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';
import { clientHeaders } from '../support/clients.js';
import { PostgresServer } from '../support/postgres-server.js';
import { waitUntil } from '../support/wait-until.js';

describe('a suspicion while Postgres is down', () => {
  let postgres: PostgresServer;
  let service: RunningApp;

  beforeAll(async () => {
    postgres = await PostgresServer.start({ durable: true });
    await runMigrations(postgres.url);
    service = await startApp({ TRUST_PROXY: 'true' }, { database: postgres });
  }, 180_000);
  afterAll(async () => {
    await service?.close();
    await postgres?.dispose();
  });

  const use = ({ access_token: token }: Tokens, headers: Record<string, string>) =>
    service.api.call('GET', '/auth/me', { token, headers });

  it('refuses with 503 if it would revoke, does not refuse if it only notifies, and is acted on afterwards', async () => {
    const owner = clientHeaders('chromeOnWindows', 'bremen');
    const sessions: Tokens[] = [];
    for (let i = 0; i < 2; i++) {
      const { email } = await service.api.newcomer();
      const { body } = await service.api.call<Tokens>('POST', '/auth/login', {
        headers: owner,
        body: { email, password: 'correct horse battery' },
      });
      expect((await use(body, owner)).status).toBe(200);
      sessions.push(body);
    }
    const [stolen, travelling] = sessions as [Tokens, Tokens];
    const thief = clientHeaders('firefoxOnLinux', 'bremen');
    const vpn = clientHeaders('chromeOnWindows', 'tokyo');

    await postgres.kill();
    expect((await use(stolen, thief)).status).toBe(503);
    expect((await use(stolen, owner)).status).toBe(200);
    expect((await use(travelling, vpn)).status).toBe(200);

    await postgres.start();
    await waitUntil('the thief is refused', async () => (await use(stolen, thief)).status === 401, {
      timeoutMs: 30_000,
    });
    expect(await use(stolen, owner)).toMatchObject({ status: 401, body: { reason: 'suspicious' } });
    expect((await use(travelling, vpn)).status).toBe(200);
  }, 120_000);
});
