import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { freePort } from '../../support/free-port.js';
import { COMMAND, type Finished, MAIN, runProgram } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';

const SECRET = 'the secret of these tests, more than 32 bytes';

describe('a start that fails', () => {
  let database: TestDatabase;
  let dataDir: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'latchkey-start-'));
  });
  afterAll(async () => {
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Starts with a valid environment, overridden by `env`. An empty variable counts as not set. */
  const start = (env: Record<string, string>) =>
    runProgram(MAIN, [], {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: database.url,
      LATCHKEY_SECRET: SECRET,
      LATCHKEY_ISSUER: 'https://id.example.com',
      LATCHKEY_DATA_DIR: dataDir,
      ...env,
    });

  /** The only line of output, on standard error. */
  const oneLine = ({ code, stdout, stderr }: Finished) => {
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^latchkey: [^\n]+\n$/);
    return stderr.trim();
  };

  it('names all missing variables at once in production', async () => {
    const missing = { HOST: '0.0.0.0', DATABASE_URL: '', LATCHKEY_SECRET: '', LATCHKEY_ISSUER: '' };
    expect(oneLine(await start(missing))).toBe(
      'latchkey: DATABASE_URL is required; LATCHKEY_SECRET is required; LATCHKEY_ISSUER is required',
    );
  });

  it('refuses a public address without TLS in production', async () => {
    expect(oneLine(await start({ LATCHKEY_ISSUER: 'http://id.example.com' }))).toBe(
      'latchkey: LATCHKEY_ISSUER must start with https:// in production: set it to the address that browsers use',
    );
  });

  it('reads secrets from files, and names a file that is missing', async () => {
    const file = join(dataDir, 'secret-of-31-bytes');
    await writeFile(file, `${'s'.repeat(31)}\n`);
    expect(oneLine(await start({ LATCHKEY_SECRET: '', LATCHKEY_SECRET_FILE: file }))).toMatch(
      /^latchkey: LATCHKEY_SECRET must be at least 32 bytes/,
    );
    expect(oneLine(await start({ REDIS_URL_FILE: '/nowhere/redis' }))).toBe(
      'latchkey: REDIS_URL cannot be read from REDIS_URL_FILE=/nowhere/redis: ENOENT: no such file or directory',
    );
  });

  it('refuses a secret of 31 bytes', async () => {
    expect(oneLine(await start({ LATCHKEY_SECRET: 's'.repeat(31) }))).toBe(
      'latchkey: LATCHKEY_SECRET must be at least 32 bytes; make one with: openssl rand -base64 48',
    );
  });

  it('reports a missing GeoIP database', async () => {
    expect(oneLine(await start({ GEOIP_DATABASE: '/nowhere/city.mmdb', MIGRATE_ON_START: 'true' }))).toMatch(
      /^latchkey: the GeoIP database \/nowhere\/city\.mmdb cannot be used \(ENOENT.*\): set GEOIP_DATABASE/,
    );
  });

  it('reports mail templates that cannot be used', async () => {
    expect(oneLine(await start({ MAIL_TEMPLATES: '/nowhere/mail', MIGRATE_ON_START: 'true' }))).toBe(
      'latchkey: the mail templates in /nowhere/mail cannot be used: it contains none of mail.txt, mail.html',
    );
  });

  it('names all invalid variables at once, without the values of secrets and URLs', async () => {
    const line = oneLine(
      await start({
        DATABASE_URL: 'mysql://root:hunter2@db.internal/latchkey',
        REDIS_URL: 'db.internal:hunter2',
        LATCHKEY_SECRET: 'hunter2',
        LATCHKEY_ISSUER: 'hunter2.example',
        LATCHKEY_POLICY: 'casino',
        PORT: '65536',
        ACCESS_TOKEN_TTL: 'soon',
        TRUST_PROXY: '10.0.0.0/99',
        MIGRATE_ON_START: 'perhaps',
        SENSITIVE_ACTIONS: 'breathing',
        SUSPICION_ACTIONS: 'impossible_travel:forgive',
      }),
    );
    const named = line
      .slice('latchkey: '.length)
      .split('; ')
      .map((fault) => fault.split(' ')[0]);
    expect(named).toEqual(
      expect.arrayContaining([
        ...['DATABASE_URL', 'REDIS_URL', 'LATCHKEY_SECRET', 'LATCHKEY_ISSUER', 'LATCHKEY_POLICY', 'PORT'],
        ...['ACCESS_TOKEN_TTL', 'TRUST_PROXY', 'MIGRATE_ON_START', 'SENSITIVE_ACTIONS', 'SUSPICION_ACTIONS'],
      ]),
    );
    expect(line).not.toMatch(/hunter2|db\.internal/);
  });

  it('reports that Postgres is unreachable, without its password', async () => {
    const line = oneLine(
      await start({ DATABASE_URL: `postgres://latchkey:hunter2@127.0.0.1:${await freePort()}/latchkey` }),
    );
    expect(line).toMatch(/^latchkey: Postgres cannot be used: connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
  });

  it('reports a host name with several addresses on which nothing listens', async () => {
    const line = oneLine(await start({ DATABASE_URL: `postgres://localhost:${await freePort()}/latchkey` }));
    expect(line).toMatch(/^latchkey: Postgres cannot be used: connect ECONNREFUSED /);
  });

  it('reports a port that is already in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      for (const name of ['PORT', 'METRICS_PORT']) {
        expect(oneLine(await start({ [name]: String(port) }))).toBe(
          `latchkey: port ${port} on 127.0.0.1 is already in use: set ${name} to another one`,
        );
      }
    } finally {
      other.close();
    }
  });

  it('names the command that applies pending migrations', async () => {
    await database.drop();
    database = await createTestDatabase();
    await runProgram(COMMAND, ['migrate', 'revert', '--yes'], {
      DATABASE_URL: database.url,
      LATCHKEY_DATA_DIR: dataDir,
    });
    expect(oneLine(await start({}))).toBe(
      'latchkey: the database schema is behind by 1 migration: run "latchkey migrate run" (in a checkout: npm run migration:run), or set MIGRATE_ON_START=true',
    );
    await runProgram(COMMAND, ['migrate', 'run'], {
      DATABASE_URL: database.url,
      LATCHKEY_DATA_DIR: dataDir,
    });
  });

  const WITHOUT: Record<string, string> = {};
  const WITH = { REDIS_URL: process.env.TEST_REDIS_URL ?? '' };
  it.each([
    [
      'without Redis beside one without',
      WITHOUT,
      WITHOUT,
      'another instance uses this database, and this one has no Redis: set REDIS_URL on both to run more than one',
    ],
    [
      'without Redis beside one with it',
      WITH,
      WITHOUT,
      'another instance uses this database, and this one has no Redis: set REDIS_URL on both to run more than one',
    ],
    [
      'with Redis beside one without',
      WITHOUT,
      WITH,
      'another instance uses this database without Redis: stop it first, or set REDIS_URL on both',
    ],
  ])('refuses an instance %s', async (_, first, second, reason) => {
    const running = await ServiceProcess.start(
      serviceEnv(database.url, { LATCHKEY_SECRET: SECRET, ...first }),
    );
    try {
      expect(oneLine(await start(second))).toBe(`latchkey: ${reason}`);
      expect((await running.api.call('GET', '/health/live')).status).toBe(200);
    } finally {
      expect(await running.stop()).toBe(0);
    }
    // The lock is free again.
    const next = await ServiceProcess.start(serviceEnv(database.url, { LATCHKEY_SECRET: SECRET, ...second }));
    expect(await next.stop()).toBe(0);
  });

  it('reports signing keys that were sealed with another secret', async () => {
    const first = await ServiceProcess.start(serviceEnv(database.url, { LATCHKEY_SECRET: SECRET }));
    expect(await first.stop()).toBe(0);
    expect(oneLine(await start({ LATCHKEY_SECRET: `${SECRET}!` }))).toBe(
      'latchkey: signing keys were sealed under another LATCHKEY_SECRET',
    );
  });
});

describe('a start', () => {
  it('listens on every address in production', async () => {
    const database = await createTestDatabase();
    const service = await ServiceProcess.start(serviceEnv(database.url, { NODE_ENV: 'production' }));
    try {
      expect(service.log).toMatch(/listening on http:\/\/(0\.0\.0\.0|127\.0\.0\.1):\d+/);
      const { port } = new URL(service.url);
      expect((await fetch(`http://127.0.0.2:${port}/health/live`)).status).toBe(200);
    } finally {
      await service.stop();
      await database.drop();
    }
  });

  it('migrates an empty database once, even if two instances start at once', async () => {
    const database = await createTestDatabase();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await client.end();
    const env = serviceEnv(database.url, {
      MIGRATE_ON_START: 'true',
      REDIS_URL: process.env.TEST_REDIS_URL ?? '',
    });
    const services = await Promise.all([ServiceProcess.start(env), ServiceProcess.start(env)]);
    try {
      for (const { api } of services) expect((await api.call('GET', '/health/ready')).status).toBe(200);
      const applied = services.map(({ log }) => /applied (\d+) migrations/.exec(log)?.[1]);
      expect(applied.filter((count) => count !== undefined)).toHaveLength(1);
      const [one, other] = services;
      const { access_token } = await one!.api.newcomer();
      expect((await other!.api.me(access_token)).status).toBe(200);
    } finally {
      await Promise.all(services.map((service) => service.stop()));
      await database.drop();
    }
  });
});
