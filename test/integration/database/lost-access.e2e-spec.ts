import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDataSource } from '../../../src/database/data-source.js';
import { isDependencyFailure } from '../../../src/errors/dependency-failure.js';
import { PostgresServer } from '../../support/postgres-server.js';
import { waitUntil } from '../../support/wait-until.js';

describe('a database that the service may not use any more', () => {
  let server: PostgresServer;
  let admin: Client;
  let dataSource: DataSource;

  beforeAll(async () => {
    server = await PostgresServer.start();
    admin = new Client({ connectionString: server.url });
    await admin.connect();
  });
  afterAll(async () => {
    await admin?.end();
    await server?.dispose();
  });

  beforeEach(async () => {
    await admin.query('CREATE ROLE service LOGIN');
    await admin.query('CREATE DATABASE own OWNER service');
    const url = new URL(server.databaseUrl('own'));
    url.username = 'service';
    dataSource = await openDataSource(dataSourceOptions(url.href, 1));
    await dataSource.query('CREATE TABLE data (id integer)');
  });
  afterEach(async () => {
    await dataSource.destroy();
    await admin.query('DROP DATABASE IF EXISTS own WITH (FORCE)');
    await admin.query('DROP DATABASE IF EXISTS renamed WITH (FORCE)');
    await admin.query('DROP ROLE service');
  });

  const failure = () => dataSource.query('SELECT FROM data').catch((error: unknown) => error);

  it.each([
    ['28000', 'ALTER ROLE service NOLOGIN'],
    ['3D000', 'ALTER DATABASE own RENAME TO renamed'],
    ['55000', 'ALTER DATABASE own ALLOW_CONNECTIONS false'],
  ])('counts as unreachable: %s after %s', async (code, change) => {
    await admin.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'own'`);
    await admin.query(change);
    // The pool may learn only from a statement that its open connection is closed.
    const error = await waitUntil('a new connection is refused', async () => {
      const error = await failure();
      return (error as { code?: unknown }).code === code && error;
    });
    expect(isDependencyFailure(error)).toBe(true);
  });

  it('counts as unreachable: 42501 after a right was revoked', async () => {
    await dataSource.query('REVOKE SELECT ON data FROM service');
    const error = await failure();
    expect(error).toMatchObject({ code: '42501' });
    expect(isDependencyFailure(error)).toBe(true);
  });
});
