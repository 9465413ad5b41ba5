import type { DataSource } from 'typeorm';
import { AccountLinkSweeper } from '../../../src/account/links/account-link-sweeper.js';
import { dataSourceOptions, openDataSource } from '../../../src/database/data-source.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { SessionRows } from '../../support/session-rows.js';

describe('AccountLinkSweeper', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource(dataSourceOptions(database.url, 2));
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('removes links a day after they have expired, in as many batches as that takes', async () => {
    const userId = await new SessionRows(dataSource).user();
    const add = (count: number, expired: string) =>
      dataSource.query(
        `INSERT INTO account_links (id, user_id, purpose, expires_at)
         SELECT gen_random_uuid(), $1, 'reset_password', now() - $2::interval FROM generate_series(1, $3)`,
        [userId, expired, count],
      );
    await add(1_201, '25 hours');
    await add(2, '23 hours');
    await add(1, '-30 minutes');
    await new AccountLinkSweeper(dataSource).sweep();
    const [{ kept }] = await dataSource.query(
      `SELECT array_agg(extract(hour FROM now() - expires_at)::int ORDER BY expires_at) AS kept FROM account_links`,
    );
    expect(kept).toEqual([23, 23, 0]);
  });
});
