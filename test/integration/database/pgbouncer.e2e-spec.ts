import { Client } from 'pg';
import { InstanceLock, SecondInstance } from '../../../src/database/instance-lock.js';
import { MIGRATIONS } from '../../../src/database/migration-list.js';
import { runMigrations } from '../../../src/database/migrations.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { findPgBouncer, PgBouncerServer, type PoolMode } from '../../support/pgbouncer-server.js';
import { waitUntil } from '../../support/wait-until.js';

const program = await findPgBouncer();
const describeIfFound = program === null ? describe.skip : describe;

/** What other clients of the pool must find unchanged. */
const SETTINGS = [
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'search_path',
  'default_transaction_isolation',
];

describeIfFound.each<[PoolMode]>([['session'], ['transaction']])('behind PgBouncer in %s mode', (mode) => {
  let database: TestDatabase;
  let bouncer: PgBouncerServer;
  let direct: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    bouncer = await PgBouncerServer.start(program ?? '', database.url, mode);
    direct = new Client({ connectionString: database.url });
    await direct.connect();
  });
  afterAll(async () => {
    await direct?.end();
    await bouncer?.dispose();
    await database?.drop();
  });

  const locks = async () =>
    (
      await direct.query(
        `SELECT count(*)::integer AS n FROM pg_locks WHERE locktype = 'advisory'
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      )
    ).rows[0].n;
  const noLocks = () => waitUntil('no lock is left', async () => (await locks()) === 0);

  /** The settings of all connections that the pool has open, as a client that has set none finds them. */
  async function settings(): Promise<unknown[]> {
    const clients = Array.from({ length: 8 }, () => new Client({ connectionString: bouncer.url }));
    const list = SETTINGS.map((name) => `current_setting('${name}') AS ${name}`).join(', ');
    const found = await Promise.all(
      clients.map(async (client) => {
        await client.connect();
        return (await client.query(`SELECT ${list} FROM pg_sleep(0.3)`)).rows[0];
      }),
    );
    await Promise.all(clients.map((client) => client.end()));
    return found;
  }

  it('runs the migrations once, however many processes start, and leaves no lock and no timeout', async () => {
    await direct.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const applied = await Promise.all([runMigrations(bouncer.url), runMigrations(bouncer.url)]);
    expect(applied.map(({ length }) => length).sort((a, b) => a - b)).toEqual([0, MIGRATIONS.length]);
    await noLocks();
    expect(await settings()).toEqual(Array(8).fill(expect.objectContaining({ lock_timeout: '0' })));
  });

  it('allows one instance without Redis, until it stops', async () => {
    const [first, second] = [0, 1].map(() => new InstanceLock(bouncer.url, false, () => {})) as [
      InstanceLock,
      InstanceLock,
    ];
    await first.acquire();
    const { rows: snapshots } = await direct.query(
      `SELECT pid FROM pg_stat_activity
       WHERE datname = current_database() AND backend_xmin IS NOT NULL AND pid <> pg_backend_pid()`,
    );
    // It would keep vacuum from removing dead rows for as long as the instance runs.
    expect(snapshots).toEqual([]);
    await expect(second.acquire()).rejects.toThrow(SecondInstance);
    const withRedis = new InstanceLock(bouncer.url, true, () => {});
    await expect(withRedis.acquire()).rejects.toThrow(SecondInstance);
    await first.release();
    await noLocks();
    // It keeps no connection of the pool.
    await withRedis.acquire();
    await noLocks();
    await second.acquire();
    await second.release();
    await noLocks();
  });

  it('serves, and leaves no setting to other clients', async () => {
    const before = await settings();
    const service: RunningApp = await startApp({}, { database: { url: bouncer.url } });
    try {
      const { access_token, email, refresh_token } = await service.api.newcomer();
      const other = await service.api.session(email);
      expect((await service.api.refresh(refresh_token)).status).toBe(200);
      expect((await service.api.logout(other.access_token)).status).toBe(204);
      expect((await service.api.me(other.access_token)).status).toBe(401);
      expect((await service.api.me(access_token)).status).toBe(200);
      expect((await service.api.call('GET', '/health/ready')).body.status).toBe('ready');
      expect(await settings()).toEqual(before);
    } finally {
      await service.close();
    }
    await noLocks();
  });

  it('names the settings that its role must have', async () => {
    await direct.query(
      `ALTER DATABASE "${database.name}" SET default_transaction_isolation = 'serializable'`,
    );
    await direct.query(`ALTER DATABASE "${database.name}" SET datestyle = 'German'`);
    await direct.query(`ALTER DATABASE "${database.name}" SET extra_float_digits = -1`);
    await direct.query(`ALTER DATABASE "${database.name}" SET array_nulls = off`);
    // The pool's open connections have the former ones.
    await bouncer.restart();
    await expect(runMigrations(bouncer.url)).rejects.toThrow(
      /run this first: ALTER ROLE \S+ SET datestyle = 'ISO'; ALTER ROLE \S+ SET default_transaction_isolation = 'read committed'; ALTER ROLE \S+ SET extra_float_digits = 1; ALTER ROLE \S+ SET array_nulls = on$/,
    );
  });
});
