import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDataSource } from '../../../src/database/data-source.js';
import { LastSeen } from '../../../src/sessions/check/last-seen.js';
import { SessionUse } from '../../../src/sessions/check/session-use.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { SessionRows } from '../../support/session-rows.js';
import { testConfig } from '../../support/test-config.js';
import { waitUntil } from '../../support/wait-until.js';

describe('LastSeen', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let rows: SessionRows;
  let lastSeen: LastSeen;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource(dataSourceOptions(database.url, 4));
    rows = new SessionRows(dataSource);
  });
  beforeEach(() => {
    lastSeen = new LastSeen(dataSource, testConfig(database.url));
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const seenLongAgo = async (count = 1) => {
    const userId = await rows.user();
    const ids = await rows.sessions(count, userId, await rows.device(userId));
    await dataSource.query(
      `UPDATE sessions SET last_seen_at = now() - interval '1 hour' WHERE id = ANY ($1)`,
      [ids],
    );
    return ids;
  };
  /** Notes the use of a session that is not cached yet. */
  const used = (sessionId: string, address: string, sut = lastSeen) => {
    const use = new SessionUse();
    sut.note(sessionId, use, address);
    return use;
  };
  const secondsSinceSeen = async (id = '') => {
    const [{ age }] = await dataSource.query(
      'SELECT extract(epoch FROM now() - last_seen_at)::float8 AS age FROM sessions WHERE id = $1',
      [id],
    );
    return age as number;
  };

  it('writes the last use and its address', async () => {
    const [id = ''] = await seenLongAgo();
    const use = used(id, '192.0.2.1');
    for (const address of ['::ffff:192.0.2.2', '192.0.2.3']) {
      lastSeen.note(id, use, address);
      await lastSeen.flush();
      expect(await secondsSinceSeen(id)).toBeLessThan(60);
      expect((await rows.row(id))?.address).toBe(address.replace('::ffff:', ''));
    }
  });

  it('writes the later use of a session that was evicted and cached again', async () => {
    const [id = ''] = await seenLongAgo();
    used(id, '192.0.2.1');
    used(id, '192.0.2.2');
    await lastSeen.flush();
    expect((await rows.row(id))?.address).toBe('192.0.2.2');
  });

  it('never moves a time back', async () => {
    const [id = ''] = await seenLongAgo();
    used(id, '192.0.2.1');
    await dataSource.query(`UPDATE sessions SET last_seen_at = now() + interval '1 hour' WHERE id = $1`, [
      id,
    ]);
    await lastSeen.flush();
    expect(await secondsSinceSeen(id)).toBeLessThan(-3_000);
  });

  it('writes the last use of a session that has ended since, without changing its end', async () => {
    const [id = ''] = await seenLongAgo();
    used(id, '192.0.2.1');
    await rows.end([id]);
    const before = await rows.row(id);
    await lastSeen.flush();
    expect(await rows.row(id)).toEqual({
      ...before,
      last_seen_at: expect.any(Date),
      address: '192.0.2.1',
    });
    expect(await secondsSinceSeen(id)).toBeLessThan(60);
  });

  it.each(['', 'nonsense', '1.2.3.4, 5.6.7.8', '\0', 'fe80::1%eth0', '999.1.1.1'])(
    'writes the others too when one address is %j',
    async (address) => {
      const [odd = '', other = ''] = await seenLongAgo(2);
      used(odd, address);
      used(other, '2001:db8::1');
      await lastSeen.flush();
      expect(await secondsSinceSeen(odd)).toBeLessThan(60);
      expect((await rows.row(other))?.address).toBe('2001:db8::1');
    },
  );

  it('writes more uses than fit into one statement', async () => {
    const ids = await seenLongAgo(12_000);
    for (const id of ids) used(id, '192.0.2.1');
    await lastSeen.flush();
    const [{ late }] = await dataSource.query(
      `SELECT count(*)::int AS late FROM sessions
       WHERE id = ANY ($1) AND last_seen_at < now() - interval '10 minutes'`,
      [ids],
    );
    expect(late).toBe(0);
  });

  it('never waits for a locked row, so that it cannot deadlock with a revocation', async () => {
    const [held = '', free = ''] = await seenLongAgo(2);
    const holder = dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE', [held]);
    used(held, '192.0.2.1');
    used(free, '192.0.2.1');
    await lastSeen.flush();
    expect(await secondsSinceSeen(free)).toBeLessThan(60);
    await holder.rollbackTransaction();
    await holder.release();
  });

  it('keeps uses that could not be written for the next flush, and their newest version', async () => {
    const [id = '', other = ''] = await seenLongAgo(2);
    const away = await openDataSource(dataSourceOptions(database.url, 1));
    const cutOff = new LastSeen(away, testConfig(database.url));
    await away.destroy();
    const use = used(id, '192.0.2.1', cutOff);
    used(other, '192.0.2.1', cutOff);
    const flushing = cutOff.flush();
    cutOff.note(id, use, '192.0.2.2');
    await expect(flushing).rejects.toThrow();
    await away.initialize();
    await cutOff.flush();
    await away.destroy();
    expect((await rows.row(id))?.address).toBe('192.0.2.2');
    expect((await rows.row(other))?.address).toBe('192.0.2.1');
  });

  const late = async (ids: string[]) => {
    const [{ count }] = await dataSource.query(
      `SELECT count(*)::int FROM sessions WHERE id = ANY ($1) AND last_seen_at < now() - interval '10 minutes'`,
      [ids],
    );
    return count as number;
  };

  it('writes many uses on its timer, in steps', async () => {
    const ids = await seenLongAgo(1_000);
    const sut = new LastSeen(dataSource, testConfig(database.url, { SESSION_IDLE_TTL: '30s' }));
    sut.onModuleInit();
    for (const id of ids) used(id, '192.0.2.1', sut);
    await waitUntil('all are written', async () => (await late(ids)) === 0, { timeoutMs: 15_000 });
    // Each row keeps which transaction wrote it.
    const [{ steps }] = await dataSource.query(
      'SELECT count(DISTINCT xmin::text)::int AS steps FROM sessions WHERE id = ANY ($1)',
      [ids],
    );
    expect(steps).toBe(10);
    await sut.onApplicationShutdown();
  });

  it('leaves nothing for a later step when it is shut down', async () => {
    const ids = await seenLongAgo(1_000);
    for (const id of ids) used(id, '192.0.2.1');
    const inSteps = lastSeen.flush({ rows: 100, pauseMs: 3_000 });
    await lastSeen.onApplicationShutdown();
    // One step was under way.
    await waitUntil('all are written', async () => (await late(ids)) === 0, { timeoutMs: 2_900 });
    await inSteps;
  });

  it('flushes on its timer and at shutdown', async () => {
    const [id = ''] = await seenLongAgo();
    lastSeen.onModuleInit();
    used(id, '192.0.2.1');
    await lastSeen.onApplicationShutdown();
    expect(await secondsSinceSeen(id)).toBeLessThan(60);
  });
});
