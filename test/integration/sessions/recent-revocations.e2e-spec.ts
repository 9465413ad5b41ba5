import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDataSource } from '../../../src/database/data-source.js';
import { readRecentRevocations } from '../../../src/sessions/store/recent-revocations.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { SessionRows } from '../../support/session-rows.js';

const WINDOW_MS = 1_500_000;
const SMALL = { pageSize: 7, overdueAtOnce: 5, overdueMax: 20 };

describe('the recent revocations', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let rows: SessionRows;
  let statements: number;

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource(dataSourceOptions(database.url, 2));
    rows = new SessionRows(dataSource);
    statements = 0;
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const read = (windowMs = WINDOW_MS) =>
    readRecentRevocations(
      windowMs,
      (sql, parameters) => {
        statements += 1;
        return dataSource.query(sql, parameters);
      },
      SMALL,
    );
  const ended = async (count: number) => {
    const userId = await rows.user();
    const ids = await rows.sessions(count, userId, await rows.device(userId));
    await rows.end(ids);
    return ids;
  };

  it.each([6, 7, 8, 21, 30])(
    'are complete and without duplicates when there are %i and a page holds 7',
    async (count) => {
      const ids = await ended(count);
      const { sessions } = await read();
      expect(sessions.map(({ sessionId }) => sessionId).sort()).toEqual(ids.sort());
      expect(statements).toBe(Math.floor(count / 7) + 1);
    },
  );

  it('are complete when many sessions ended in the same microsecond', async () => {
    const ids = await ended(30);
    await rows.pastTriggers('UPDATE sessions SET ended_at = $1', ['2100-01-01 00:00:00.123457+00']);
    const { sessions } = await read();
    expect(new Set(sessions.map(({ sessionId }) => sessionId))).toEqual(new Set(ids));
  });

  it('include any number of role changes beside ended sessions', async () => {
    const users = await Promise.all(Array.from({ length: 16 }, () => rows.user()));
    await dataSource.query(`UPDATE users SET roles = '{admin}'`);
    const ids = await ended(9);
    const { sessions, cutOffs } = await read();
    expect(cutOffs.map(({ userId }) => userId).sort()).toEqual(users.sort());
    expect(sessions).toHaveLength(ids.length);
  });

  it('return as many overdue ones as can be confirmed at a time, those that have waited longest first', async () => {
    const [late, early] = [await ended(4), await ended(4)];
    await rows.backdateEnd(late, '10 days');
    await rows.backdateEnd(early, '20 days');
    const { overdue } = await read();
    const waiting = overdue.sessions.map(({ sessionId }) => sessionId);
    expect(waiting).toHaveLength(5);
    expect(waiting).toEqual(expect.arrayContaining(early));
  });

  it.each([8, 10, 14])(
    'include all %i that were committed long after they had ended, in the same microsecond or not',
    async (count) => {
      const [first, second] = [await ended(count / 2), await ended(count / 2)];
      await rows.pastTriggers('UPDATE sessions SET ended_at = $1', ['2026-01-01 00:00:00.123457+00']);
      await rows.backdateEnd(second, '20 days');
      const { sessions } = await read();
      expect(sessions.map(({ sessionId }) => sessionId).sort()).toEqual([...first, ...second].sort());
    },
  );

  it('are limited in number when very many were committed late, and leave the rest to later reads', async () => {
    const ids = await ended(40);
    await rows.backdateEnd(ids, '20 days');
    expect((await read()).sessions).toHaveLength(20);
    expect(statements).toBe(4);
  });
});
