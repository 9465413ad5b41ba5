import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDataSource } from '../../../src/database/data-source.js';
import { isDependencyFailure } from '../../../src/errors/dependency-failure.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { waitUntil } from '../../support/wait-until.js';

describe('connections to a database that stopped responding', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = await TcpProxy.start({ port: Number(new URL(database.url).port || 5432) });
    dataSource = await openDataSource(dataSourceOptions(proxy.through(database.url), 2));
    await Promise.all([1, 2].map(() => dataSource.query('SELECT pg_sleep(0.05)')));
  });

  afterEach(async () => {
    await dataSource.destroy();
    await proxy.stop();
    await database.drop();
  });

  it('are replaced by new ones, and their statements fail like those of an unreachable database', async () => {
    proxy.strand();
    const failures = await Promise.all(
      [1, 2].map(() => dataSource.query('SELECT 1').catch((error: unknown) => error)),
    );
    expect(failures.map(isDependencyFailure)).toEqual([true, true]);
    expect(await waitUntil('the database answers again', () => dataSource.query('SELECT 1'))).toHaveLength(1);
  });

  it('are replaced as well if they become silent between the login and the first statement', async () => {
    const { master } = dataSource.driver as unknown as { readonly master: Pool };
    proxy.breakConnections();
    await waitUntil('the pool is empty', () => master.totalCount === 0);
    proxy.hang('pg_is_in_recovery');
    const failures = await Promise.all(
      [1, 2, 3].map(() => dataSource.query('SELECT 1').catch((error: unknown) => error)),
    );
    expect(failures.map(isDependencyFailure)).toEqual([true, true, true]);
    await proxy.heal();
    expect(await waitUntil('the database answers again', () => dataSource.query('SELECT 1'))).toHaveLength(1);
    expect(master.waitingCount).toBe(0);
  });

  it('are kept while idle', async () => {
    const [{ pid }] = await dataSource.query('SELECT pg_backend_pid() AS pid');
    const statement = dataSource.query('SELECT pg_sleep(2.8)');
    await statement;
    await sleep(4_000);
    const pids = await Promise.all(
      [1, 2].map(() => dataSource.query('SELECT pg_backend_pid() AS pid, pg_sleep(0.05)')),
    );
    expect(pids.map(([row]) => row.pid)).toContain(pid);
  });

  it('reject with the error of the server if only the statement timed out', async () => {
    await expect(dataSource.query('SELECT pg_sleep(60)')).rejects.toThrow(/statement timeout/);
  });
});
