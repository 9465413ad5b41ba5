import { connect, type Socket } from 'node:net';
import { Client } from 'pg';
import { newEmail } from './support/api.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { serviceEnv } from './support/service-env.js';
import { ServiceProcess } from './support/service-process.js';
import { waitUntil } from './support/wait-until.js';

/** A login takes a second or so, and is in flight for long enough to be met there. */
const SLOW_LOGIN = { PASSWORD_HASH_MEMORY_KIB: '65536', PASSWORD_HASH_PASSES: '12' };

describe('the stop', () => {
  let database: TestDatabase;
  let postgres: Client;

  beforeEach(async () => {
    database = await createTestDatabase();
    postgres = new Client({ connectionString: database.url });
    await postgres.connect();
  });
  afterEach(async () => {
    await postgres.end();
    await database.drop();
  });

  const start = (env: Record<string, string> = {}) => ServiceProcess.start(serviceEnv(database.url, env));

  const count = async (sql: string) =>
    Number((await postgres.query(`SELECT count(*) AS n FROM ${sql}`)).rows[0].n);
  const locks = () =>
    count(
      `pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'at %s answers the login in flight, and ends with 0',
    async (signal) => {
      const service = await start(SLOW_LOGIN);
      const email = newEmail();
      expect((await service.api.register(email)).status).toBe(201);

      const login = service.api.login(email);
      await inFlight(service);
      service.signal(signal);
      // Docker, a shell and an impatient operator send it more than once.
      service.signal(signal);
      setTimeout(() => service.signal(signal), 100);

      expect((await login).status).toBe(200);
      expect(await service.exit()).toBe(0);
      expect(await count(`sessions WHERE status = 'active'`)).toBe(1);
    },
  );

  it('takes itself out: not ready on a connection that stands, and no new connections', async () => {
    const service = await start(SLOW_LOGIN);
    const email = newEmail();
    await service.api.register(email);
    const login = service.api.login(email);
    await inFlight(service);
    const standing = await open(service.url);

    service.signal('SIGTERM');
    await waitUntil('new connections are refused', () =>
      open(service.url).then(
        () => false,
        () => true,
      ),
    );
    const answer = await ask(standing, '/health/ready');
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toMatch(/^connection: close\r$/im);
    expect(answer).toContain('"status":"stopping"');

    expect((await login).status).toBe(200);
    expect(await service.exit()).toBe(0);
  });

  it('leaves when each session was last seen, and no lock', async () => {
    const service = await start();
    const { access_token, session_id } = await service.api.newcomer();
    await postgres.query(`UPDATE sessions SET last_seen_at = now() - interval '1 hour'`);
    expect((await service.api.me(access_token)).status).toBe(200);
    expect(await locks()).toBe(1);

    expect(await service.stop()).toBe(0);
    expect(
      await count(`sessions WHERE id = '${session_id}' AND last_seen_at > now() - interval '1 minute'`),
    ).toBe(1);
    expect(await locks()).toBe(0);
  });

  it('leaves the table of instances, so that nobody waits for it', async () => {
    const env = serviceEnv(database.url, { REDIS_URL: process.env.TEST_REDIS_URL ?? '' });
    const [leaving, staying] = await Promise.all([ServiceProcess.start(env), ServiceProcess.start(env)]);
    try {
      const { access_token } = await staying.api.newcomer();
      // By now both have been there for a lease, and a revoke is a matter of milliseconds.
      await new Promise((resolve) => setTimeout(resolve, 4_500));
      expect(await leaving.stop()).toBe(0);
      const startedAt = performance.now();
      expect((await staying.api.logout(access_token)).status).toBe(204);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    } finally {
      leaving.kill();
      await staying.stop();
    }
  });

  /** Whatever a request does, it has been read once the session's user is being looked for or hashed. */
  async function inFlight(service: ServiceProcess): Promise<void> {
    expect(service.url).not.toBe('');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }

  function open(url: string): Promise<Socket> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port) }, () => resolve(socket));
      socket.once('error', reject);
    });
  }

  function ask(socket: Socket, path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      socket.once('end', () => resolve(text));
      socket.once('error', reject);
      socket.write(`GET ${path} HTTP/1.1\r\nhost: latchkey.test\r\n\r\n`);
    });
  }
});
