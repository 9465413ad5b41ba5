import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { dataSourceOptions, openDataSource } from '../../../src/database/data-source.js';
import { ROTATE } from '../../../src/sessions/refresh/session-rotation.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { SessionRows } from '../../support/session-rows.js';

const DAY_MS = 86_400_000;
const ROTATIONS = 20;

describe('a refresh', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource(dataSourceOptions(database.url, 1));
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await database.drop();
  });

  /** The updates of the transaction so far, and how many of them wrote no index (heap-only tuples). */
  const updatesOf = async (manager: EntityManager) => {
    const [counts] = await manager.query<[{ updates: number; hot: number }]>(
      `SELECT n_tup_upd::integer AS updates, n_tup_hot_upd::integer AS hot
       FROM pg_stat_xact_user_tables WHERE relname = 'sessions'`,
    );
    return counts;
  };

  it('writes no index, however often the session has been refreshed', async () => {
    const sessionId = await new SessionRows(dataSource).session();
    const counts = await dataSource.transaction(async (manager) => {
      for (let generation = 0; generation < ROTATIONS; generation++) {
        const parameters = [sessionId, generation, '192.0.2.1', DAY_MS, 2 * DAY_MS, randomUUID()];
        const [, rotated] = await manager.query(ROTATE, parameters);
        expect(rotated).toBe(1);
      }
      return updatesOf(manager);
    });
    expect(counts).toEqual({ updates: ROTATIONS, hot: ROTATIONS });
  });
});
