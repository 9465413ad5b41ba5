import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDataSource } from '../../../src/database/data-source.js';
import { REMOVE_OLD_ROTATIONS, SessionSweeper } from '../../../src/sessions/store/session-sweeper.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { SessionRows } from '../../support/session-rows.js';
import { testConfig } from '../../support/test-config.js';

describe('SessionSweeper', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let rows: SessionRows;
  let userId: string;
  let deviceId: string;

  const sweeper = () =>
    new SessionSweeper(
      dataSource,
      testConfig(database.url, {
        SESSION_IDLE_TTL: '1h',
        SESSION_ABSOLUTE_TTL: '10h',
        SESSION_RETENTION: '2d',
      }),
    );
  const age = (ids: readonly string[], createdAgo: string, seenAgo: string) =>
    dataSource.query(
      `UPDATE sessions SET created_at = now() - $2::interval, last_seen_at = now() - $3::interval,
              sweep_at = now() - interval '1 second' WHERE id = ANY ($1)`,
      [ids, createdAgo, seenAgo],
    );
  const aged = async (count: number, createdAgo: string, seenAgo: string) => {
    const ids = await rows.sessions(count, userId, deviceId);
    await age(ids, createdAgo, seenAgo);
    return ids;
  };
  const statuses = async (ids: readonly string[]) =>
    Object.fromEntries(
      (
        await dataSource.query<{ status: string; count: number }[]>(
          'SELECT status, count(*)::int AS count FROM sessions WHERE id = ANY ($1) GROUP BY status',
          [ids],
        )
      ).map(({ status, count }) => [status, count]),
    );

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource(dataSourceOptions(database.url, 4));
    rows = new SessionRows(dataSource);
    userId = await rows.user();
    deviceId = await rows.device(userId);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it.each([
    ['unused for longer than the idle lifetime', '2h', '2h'],
    ['older than the absolute lifetime, however active', '10h', '1s'],
  ])('closes a session that is %s', async (_what, createdAgo, seenAgo) => {
    const [id = ''] = await aged(1, createdAgo, seenAgo);
    await sweeper().sweep();
    const row = await rows.row(id);
    expect(row).toMatchObject({ status: 'expired', ended_reason: 'expired', ended_by: 'latchkey' });
    expect(row?.enforced_at).not.toBeNull();
  });

  it('leaves a live session, and checks it again when it may have expired', async () => {
    const [id = ''] = await aged(1, '2h', '1s');
    await sweeper().sweep();
    const row = await rows.row(id);
    expect(row).toMatchObject({ status: 'active', ended_reason: null });
    const inMinutes = (Number(row?.sweep_at) - Date.now()) / 60_000;
    expect(inMinutes).toBeGreaterThan(50);
    expect(inMinutes).toBeLessThan(62);
  });

  it('allows for a use that another instance has not written yet', async () => {
    const [id = ''] = await aged(1, '2h', '3602s');
    await sweeper().sweep();
    expect((await rows.row(id))?.status).toBe('active');
  });

  it('closes each of many sessions once when two instances sweep at the same time', async () => {
    const over = await aged(1_300, '5h', '5h');
    const alive = await aged(700, '5h', '1s');
    await Promise.all([sweeper().sweep(), sweeper().sweep()]);
    expect(await statuses(over)).toEqual({ expired: 1_300 });
    expect(await statuses(alive)).toEqual({ active: 700 });
  });

  it('leaves a session whose row is locked to the next sweep', async () => {
    const [id = ''] = await aged(1, '5h', '5h');
    const holder = dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE', [id]);
    await sweeper().sweep();
    await holder.commitTransaction();
    await holder.release();
    expect((await rows.row(id))?.status).toBe('active');
    await sweeper().sweep();
    expect((await rows.row(id))?.status).toBe('expired');
  });

  it('removes sessions that ended long ago and devices without sessions, and nothing else', async () => {
    const forgotten = await rows.device(userId);
    const known = await rows.device(userId);
    const [old = '', older = ''] = await rows.sessions(2, userId, forgotten);
    const [oldOfKnown = '', aliveOfKnown = ''] = await rows.sessions(2, userId, known);
    const [recent = ''] = await rows.sessions(1, userId, deviceId);
    await rows.end([old, older, oldOfKnown, recent]);
    await rows.backdateEnd([old, older, oldOfKnown], '3 days');
    await dataSource.query(
      `UPDATE devices SET last_seen_at = now() - interval '3 days' WHERE id = ANY ($1)`,
      [[forgotten, known]],
    );
    await sweeper().sweep();
    const left = await Promise.all([old, older, oldOfKnown, aliveOfKnown, recent].map((id) => rows.row(id)));
    expect(left.map((row) => row?.status)).toEqual([undefined, undefined, undefined, 'active', 'revoked']);
    const devices = await dataSource.query<{ id: string }[]>('SELECT id FROM devices WHERE id = ANY ($1)', [
      [forgotten, known],
    ]);
    expect(devices).toEqual([{ id: known }]);
  });

  it('removes more than one batch', async () => {
    const ids = await rows.sessions(1_100, userId, deviceId);
    await rows.end(ids);
    await rows.backdateEnd(ids, '3 days');
    await Promise.all([sweeper().sweep(), sweeper().sweep()]);
    await sweeper().sweep();
    expect(await statuses(ids)).toEqual({});
  });

  it('keeps the reason of a session that is revoked during the sweep', async () => {
    const [id = ''] = await aged(1, '5h', '5h');
    await rows.end([id], 'terminated');
    await sweeper().sweep();
    expect(await rows.row(id)).toMatchObject({ status: 'revoked', ended_reason: 'terminated' });
  });

  describe('of the history', () => {
    const record = (sessionId: string, kind: string, ago: string, count = 1) =>
      dataSource.query(
        `INSERT INTO session_events (session_id, kind, at)
         SELECT $1, $2, now() - $3::interval FROM generate_series(1, $4)`,
        [sessionId, kind, ago, count],
      );
    const historyOf = async (sessionId: string) =>
      (
        await dataSource.query<{ kind: string }[]>(
          'SELECT kind FROM session_events WHERE session_id = $1 ORDER BY at, id',
          [sessionId],
        )
      ).map(({ kind }) => kind);

    it('removes rotations that are older than a week, however late it does', async () => {
      const [id = ''] = await rows.sessions(1, userId, deviceId);
      await record(id, 'opened', '90 days');
      await record(id, 'rotated', '80 days', 1_100);
      await record(id, 'rotated', '8 days');
      await record(id, 'rotated', '6 days');
      await sweeper().sweep();
      expect(await historyOf(id)).toEqual(['opened', 'rotated', 'opened']);
    });

    it('reads few pages when nothing is due, although rows of all times lie on each page', async () => {
      await dataSource.query(
        `INSERT INTO session_events (session_id, kind, at)
         SELECT gen_random_uuid(), CASE n % 10 WHEN 0 THEN 'opened' ELSE 'rotated' END,
                now() - random() * CASE n % 10 WHEN 0 THEN interval '80 days' ELSE interval '6 days' END
         FROM generate_series(1, 100000) AS n`,
      );
      await dataSource.query('VACUUM ANALYZE session_events');
      const [{ 'QUERY PLAN': plan }] = await dataSource.query<[{ 'QUERY PLAN': [ExplainedStatement] }]>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${REMOVE_OLD_ROTATIONS}`,
      );
      const { 'Shared Hit Blocks': hit, 'Shared Read Blocks': read } = plan[0].Plan;
      expect(hit + read).toBeLessThan(50);
    });

    it('keeps a session whose history could not be removed, to remove both later', async () => {
      const [id = ''] = await rows.sessions(1, userId, deviceId);
      await rows.end([id]);
      await rows.backdateEnd([id], '3 days');
      await dataSource.query(`
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
        CREATE TRIGGER refuse BEFORE DELETE ON session_events EXECUTE FUNCTION refuse()`);
      await expect(sweeper().sweep()).rejects.toThrow('not now');
      expect(await rows.row(id)).toBeDefined();

      await dataSource.query('DROP FUNCTION refuse CASCADE');
      await sweeper().sweep();
      expect(await rows.row(id)).toBeUndefined();
      expect(await historyOf(id)).toEqual([]);
    });
  });
});

interface ExplainedStatement {
  readonly Plan: { readonly 'Shared Hit Blocks': number; readonly 'Shared Read Blocks': number };
}
