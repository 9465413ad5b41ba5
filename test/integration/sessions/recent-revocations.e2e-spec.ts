import type { TailPosition } from '@latchkey/revocation/session-store';
import { readTail } from '@latchkey/revocation/testing/read-tail';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDataSource } from '../../../src/database/data-source.js';
import { readRecentRevocations } from '../../../src/sessions/store/recent-revocations.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { SessionRows } from '../../support/session-rows.js';

const WINDOW_MS = 1_500_000;
const SMALL = { pageSize: 7, overdueAtOnce: 5 };

describe('the recent revocations', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let rows: SessionRows;
  let statements: [sql: string, parameters: unknown[]][];

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource(dataSourceOptions(database.url, 2));
    rows = new SessionRows(dataSource);
    statements = [];
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const store = {
    recentRevocations: (windowMs: number, from: TailPosition | null) =>
      readRecentRevocations(
        windowMs,
        from,
        (sql, parameters) => {
          statements.push([sql, parameters]);
          return dataSource.query(sql, parameters);
        },
        SMALL,
      ),
  };
  const read = (from: TailPosition | null = null) => readTail(store, WINDOW_MS, from);
  const idsOf = ({ sessions }: Awaited<ReturnType<typeof read>>) =>
    sessions.map(({ sessionId }) => sessionId).sort();
  const active = async (count: number) => {
    const userId = await rows.user();
    return (await rows.sessions(count, userId, await rows.device(userId))).sort();
  };
  const ended = async (count: number) => {
    const ids = await active(count);
    await rows.end(ids);
    return ids;
  };
  /** In a transaction of its own. */
  const operator = async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('BEGIN');
    const end = (ids: readonly string[]) =>
      client.query(`UPDATE sessions SET status = 'revoked' WHERE id = ANY ($1)`, [ids]);
    const commit = async () => {
      await client.query('COMMIT');
      await client.end();
    };
    return { client, end, commit };
  };

  describe('within a window', () => {
    it.each([6, 7, 8, 21, 30])(
      'are complete and without duplicates when there are %i and a page holds 7',
      async (count) => {
        const ids = await ended(count);
        expect(idsOf(await read())).toEqual(ids);
        expect(statements).toHaveLength(Math.floor(count / 7) + 1);
      },
    );

    it('are complete when many sessions ended in the same microsecond', async () => {
      const ids = await ended(30);
      await rows.pastTriggers('UPDATE sessions SET ended_at = $1', ['2100-01-01 00:00:00.123457+00']);
      expect(idsOf(await read())).toEqual(ids);
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

    it('include all that are unconfirmed, however many and old they are', async () => {
      const [first, second, recent] = [await ended(20), await ended(20), await ended(20)];
      await rows.pastTriggers('UPDATE sessions SET ended_at = $1 WHERE id = ANY ($2)', [
        '2026-01-01 00:00:00.123457+00',
        first,
      ]);
      await rows.backdateEnd(second, '20 days');
      expect(idsOf(await read())).toEqual([...first, ...second, ...recent].sort());
    });
  });

  describe('since an earlier read', () => {
    it.each([1, 7, 30])('are complete when one transaction ends %i, however long it takes', async (count) => {
      const ids = await active(count);
      const { client, end, commit } = await operator();
      await end(ids);
      const during = await read();
      expect(idsOf(during)).toEqual([]);
      // Transactions that begin later and end earlier.
      const others = await ended(2);
      const second = await read(during.end);
      expect(idsOf(second)).toEqual(others);
      await client.query(`SELECT 'still open'`);
      await commit();
      await rows.pastTriggers(
        `UPDATE sessions SET ended_at = ended_at - interval '1 hour' WHERE id = ANY ($1)`,
        [ids],
      );
      expect(idsOf(await read(second.end))).toEqual(ids);
    });

    it('are complete when a transaction commits between two pages', async () => {
      const { end: start } = await read();
      const [late, early] = [await active(3), await active(10)];
      const { end, commit } = await operator();
      // A smaller id than that of the others.
      await end(late);
      await rows.end(early);
      const first = await store.recentRevocations(WINDOW_MS, start);
      await commit();
      const rest = await read(first.next);
      expect(idsOf({ ...rest, sessions: [...first.sessions, ...rest.sessions] })).toEqual(early);
      expect(idsOf(await read(rest.end))).toEqual(late);
    });

    it('include what a savepoint or an exception block has ended, but not what was rolled back', async () => {
      const [saved = '', inBlock = '', undone = ''] = await active(3);
      const { end: start } = await read();
      const { client, end, commit } = await operator();
      await client.query('SAVEPOINT one');
      await end([saved]);
      await client.query('RELEASE one');
      await client.query(`DO $$ BEGIN UPDATE sessions SET status = 'revoked' WHERE id = '${inBlock}';
        EXCEPTION WHEN others THEN RAISE; END $$`);
      await client.query('SAVEPOINT two');
      await end([undone]);
      await client.query('ROLLBACK TO two');
      const during = await read(start);
      await commit();
      expect(idsOf(await read(during.end))).toEqual([saved, inBlock].sort());
    });

    it('include cut-offs, in pages of their own', async () => {
      const users = await Promise.all(Array.from({ length: 16 }, () => rows.user()));
      const { end } = await read();
      await dataSource.query(`UPDATE users SET roles = '{admin}'`);
      const ids = await ended(9);
      const { sessions, cutOffs } = await read(end);
      expect(cutOffs.map(({ userId }) => userId).sort()).toEqual(users.sort());
      expect(sessions).toHaveLength(ids.length);
    });

    it('leave out restored rows of a server that was further ahead', async () => {
      const { end } = await read();
      const ids = await ended(8);
      await rows.pastTriggers('UPDATE sessions SET ended_xid = ended_xid + 1000000', []);
      const second = await read(end);
      expect(idsOf(second)).toEqual([]);
      const more = await ended(1);
      expect(idsOf(await read(second.end))).toEqual(more);
      expect(ids).toHaveLength(8);
    });
  });
});
