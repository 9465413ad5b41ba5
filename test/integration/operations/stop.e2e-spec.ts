import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { newEmail } from '../../support/api.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { debianProgram } from '../../support/debian-program.js';
import { reapWith } from '../../support/orphan-reaper.js';
import { RawGuard } from '../../support/raw-guard.js';
import { inProject, MAIN } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';
import { waitUntil } from '../../support/wait-until.js';

/** Makes a login take about a second, so that it is still in flight when the signal arrives. */
const SLOW_LOGIN = { PASSWORD_HASH_MEMORY_KIB: '65536', PASSWORD_HASH_PASSES: '12' };

/** A signal within a second of the first one counts as a copy of it. */
const COPIES_MS = 1_200;

describe('graceful shutdown', () => {
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
    'on %s answers the login in flight and exits with 0',
    async (signal) => {
      const service = await start(SLOW_LOGIN);
      const email = newEmail();
      expect((await service.api.register(email)).status).toBe(201);

      const login = service.api.login(email);
      await inFlight(service);
      service.signal(signal);
      // Docker, a shell or an impatient operator may send the signal more than once.
      service.signal(signal);
      setTimeout(() => service.signal(signal), 100);

      expect((await login).status).toBe(200);
      expect(await service.exit()).toBe(0);
      expect(await count(`sessions WHERE status = 'active'`)).toBe(1);
    },
  );

  it.each(['', 'stdout'])('continues on SIGHUP with AUDIT_LOG=%s', async (AUDIT_LOG) => {
    const service = await start({ AUDIT_LOG });
    service.signal('SIGHUP');
    expect((await service.api.newcomer()).access_token).not.toBe('');
    expect(await service.stop()).toBe(0);
  });

  it('stops when its terminal is closed', async () => {
    const script = await debianProgram('script', 'bsdutils');
    const terminal = spawn(script, ['-qefc', `exec ${process.execPath} ${inProject(MAIN)}`, '/dev/null'], {
      env: { PATH: process.env.PATH, PORT: '0', ...serviceEnv(database.url) },
    });
    reapWith(terminal);
    let output = '';
    terminal.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    await waitUntil('it listens', () => output.includes('listening on'), { timeoutMs: 100_000 });
    expect(await locks()).toBe(1);
    terminal.kill('SIGKILL');
    await waitUntil('it has stopped', async () => (await locks()) === 0);
  });

  it('reports not ready on open connections and refuses new ones', async () => {
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

  it('serves new connections during SHUTDOWN_DELAY, while it is not ready', async () => {
    const service = await start({ SHUTDOWN_DELAY: '5m' });
    const standing = await open(service.url);
    const undecodable = await open(service.url);

    service.signal('SIGTERM');
    await waitUntil('it is not ready', async () => (await readiness(service)).status === 503);
    expect((await readiness(service)).body).toMatchObject({ status: 'stopping' });
    const { access_token } = await service.api.newcomer();
    expect((await service.api.me(access_token)).status).toBe(200);

    expect(await ask(standing, '/health/live')).toMatch(/^HTTP\/1\.1 200 .*^connection: close\r$/ims);
    expect(await ask(undecodable, '/%')).toMatch(/^HTTP\/1\.1 4\d\d .*^connection: close\r$/ims);

    await sleep(COPIES_MS);
    expect(await service.stop()).toBe(0);
  });

  it('closes when SHUTDOWN_DELAY is over', async () => {
    const service = await start({ SHUTDOWN_DELAY: '1500ms' });
    const signalledAt = performance.now();
    expect(await service.stop()).toBe(0);
    expect(performance.now() - signalledAt).toBeGreaterThan(1_490);
  });

  it('skips the delay on a second signal, but not on a copy of the first', async () => {
    const service = await start({ SHUTDOWN_DELAY: '5m' });
    service.signal('SIGTERM');
    // npm forwards the signal that its process group has got already.
    service.signal('SIGTERM');
    await waitUntil('it is not ready', async () => (await readiness(service)).status === 503);
    await sleep(COPIES_MS);
    expect((await readiness(service)).status).toBe(503);

    service.signal('SIGINT');
    expect(await service.exit()).toBe(0);
  });

  it('asks guards to move when the delay is over', async () => {
    const client = { id: 'orders', secret: 'a secret of the orders service' };
    const service = await start({
      SHUTDOWN_DELAY: '5m',
      LATCHKEY_CLIENTS: JSON.stringify([
        { client_id: client.id, client_secrets: [client.secret], permissions: ['guard'] },
      ]),
    });
    const guard = await RawGuard.join(service.url, client);
    service.signal('SIGTERM');
    await waitUntil('it is not ready', async () => (await readiness(service)).status === 503);
    const other = await RawGuard.join(service.url, client);
    await sleep(COPIES_MS);
    expect(guard.messages.filter(({ type }) => type === 'bye')).toEqual([]);

    service.signal('SIGTERM');
    await guard.next(({ type }) => type === 'bye', 'bye');
    for (const one of [guard, other]) one.send({ type: 'bye' });
    expect(await service.exit()).toBe(0);
  });

  it('writes the last-seen times and releases its lock', async () => {
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

  it('leaves the instance table, so that no revoke waits for it', async () => {
    const env = serviceEnv(database.url, { REDIS_URL: process.env.TEST_REDIS_URL ?? '' });
    const [leaving, staying] = await Promise.all([ServiceProcess.start(env), ServiceProcess.start(env)]);
    try {
      const { access_token } = await staying.api.newcomer();
      // By then both have been registered for a lease, and a revoke takes milliseconds.
      await sleep(4_500);
      expect(await leaving.stop()).toBe(0);
      const startedAt = performance.now();
      expect((await staying.api.logout(access_token)).status).toBe(204);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    } finally {
      leaving.kill();
      await staying.stop();
    }
  });

  /** Waits until the service has read the login and is looking up the user or hashing the password. */
  async function inFlight(service: ServiceProcess): Promise<void> {
    expect(service.url).not.toBe('');
    await sleep(200);
  }

  const readiness = (service: ServiceProcess) => service.api.call('GET', '/health/ready');

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
