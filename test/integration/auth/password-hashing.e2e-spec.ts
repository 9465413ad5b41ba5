import { newEmail } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { waitUntil } from '../../support/wait-until.js';

describe('password hashing', () => {
  let database: TestDatabase;
  let service: RunningApp;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await service?.close();
    await database?.drop();
  });

  const start = async (env: Record<string, string>) => {
    await service?.close();
    service = await startApp(env, { database });
  };

  it('refuses logins when its queue is full, without counting them as failed attempts', async () => {
    await start({
      PASSWORD_HASH_CONCURRENCY: '1',
      PASSWORD_HASH_QUEUE: '1',
      // Far longer than a request takes to arrive, even on a busy machine.
      PASSWORD_HASH_MEMORY_KIB: '8192',
      PASSWORD_HASH_PASSES: '40',
      LOGIN_ATTEMPTS_PER_ACCOUNT: '1',
    });
    const { api } = service;
    const emails = Array.from({ length: 8 }, newEmail);
    for (const email of emails) await api.register(email);

    const answers = await Promise.all(emails.map((email) => api.login(email)));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(emails.length);
    for (const { status, headers, body } of refused) {
      expect(status).toBe(503);
      expect(body).toMatchObject({ code: 'overloaded' });
      expect(headers.get('retry-after')).toBe('1');
    }
    for (const email of emails) expect((await api.login(email)).status).toBe(200);
  }, 60_000);

  it('rehashes a password at the next login if the parameters have changed', async () => {
    const hashOf = async (email: string) => {
      const [row] = await service.sql('SELECT password_hash FROM users WHERE email = $1', [email]);
      return row?.password_hash;
    };
    await start({ PASSWORD_HASH_PASSES: '1' });
    const { email } = await service.api.newcomer();
    const old = await hashOf(email);
    expect(old).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);

    await start({ PASSWORD_HASH_PASSES: '3' });
    expect((await service.api.login(email, { password: 'not the one' })).status).toBe(401);
    expect(await hashOf(email)).toBe(old);
    expect((await service.api.login(email)).status).toBe(200);
    await waitUntil('the hash is renewed', async () => (await hashOf(email)) !== old);
    const renewed = await hashOf(email);
    expect(renewed).toMatch(/^\$argon2id\$v=19\$m=64,t=3,p=1\$/);
    expect((await service.api.login(email)).status).toBe(200);
    expect(await hashOf(email)).toBe(renewed);
  });
});
