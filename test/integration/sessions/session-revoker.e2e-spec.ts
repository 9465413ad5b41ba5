import { setTimeout as sleep } from 'node:timers/promises';
import type { CutOff, EndedSession, Revocations } from '@latchkey/revocation/session-store';
import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDataSource } from '../../../src/database/data-source.js';
import {
  type CommitEffects,
  type RevokedSessions,
  SessionRevoker,
} from '../../../src/sessions/session-revoker.js';
import { CutOffSweeper } from '../../../src/sessions/store/cut-off-sweeper.js';
import { PostgresSessionStore } from '../../../src/sessions/store/postgres-session-store.js';
import { transactionTurns } from '../../../src/sessions/transaction-turns.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { SessionRows } from '../../support/session-rows.js';

const ENDED_AT = { endedAt: expect.any(Number) };

/** Records what takes effect. */
class RecordedEffects implements CommitEffects {
  readonly enforced: EndedSession[][] = [];
  readonly invalidated: string[] = [];
  readonly announced: string[] = [];
  readonly cutOffs: CutOff[] = [];
  closings = 0;
  isConfirmed = true;

  async enforce({ sessions, cutOffs }: Revocations): Promise<boolean> {
    this.cutOffs.push(...cutOffs);
    this.enforced.push([...sessions]);
    return this.isConfirmed;
  }

  async invalidate(sessionIds: readonly string[]): Promise<void> {
    this.invalidated.push(...sessionIds);
  }

  closeCutOffSessions(): void {
    this.closings += 1;
  }

  readonly audited: RevokedSessions[] = [];
  audit(revoked: RevokedSessions): void {
    this.audited.push(revoked);
  }

  announce(userId: string): void {
    this.announced.push(userId);
  }
}

describe('SessionRevoker', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let rows: SessionRows;
  let effects: RecordedEffects;
  let revoker: SessionRevoker;

  const idsOf = (sessions: EndedSession[] = []) => sessions.map(({ sessionId }) => sessionId).sort();

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource(dataSourceOptions(database.url, 6));
    rows = new SessionRows(dataSource);
  });
  beforeEach(() => {
    effects = new RecordedEffects();
    revoker = new SessionRevoker(dataSource, effects, transactionTurns(10));
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('enforces what it revoked, and answers a second revoke like the first', async () => {
    const sessionId = await rows.session();
    expect(await revoker.revoke({ sessionId }, 'logout', 'operator')).toBe('enforced');
    expect(await revoker.revoke({ sessionId }, 'terminated', 'operator')).toBe('enforced');
    const expected = [{ ...ENDED_AT, sessionId, reason: 'logout' }];
    expect(effects.enforced).toEqual([expected, expected]);
    expect((await rows.row(sessionId))?.ended_reason).toBe('logout');
  });

  it('reports a revocation that could not be confirmed everywhere as pending', async () => {
    effects.isConfirmed = false;
    const sessionId = await rows.session();
    expect(await revoker.revoke({ sessionId }, 'logout', 'operator')).toBe('pending');
  });

  it("enforces, invalidates and announces a transaction's changes only once they are committed", async () => {
    const userId = await rows.user();
    const sessionId = await rows.session({ userId });
    const { result, outcome } = await revoker.inTransaction(async (transaction) => {
      const count = await transaction.revoke({ userId }, 'password_changed', `user:${userId}`);
      transaction.invalidate(['another']);
      expect((await rows.row(sessionId))?.status).toBe('active');
      expect([effects.enforced, effects.invalidated, effects.announced]).toEqual([[], [], []]);
      return count;
    });
    expect([result, outcome]).toEqual([1, 'enforced']);
    expect(effects.enforced.map(idsOf)).toEqual([[sessionId]]);
    expect([effects.invalidated, effects.announced]).toEqual([['another'], [userId]]);
    expect((await rows.row(sessionId))?.status).toBe('revoked');
  });

  it('writes nothing and enforces nothing when the transaction fails', async () => {
    const userId = await rows.user();
    const sessionId = await rows.session({ userId });
    const failing = revoker.inTransaction(async (transaction) => {
      await transaction.revoke({ userId }, 'password_changed', `user:${userId}`);
      throw new Error('the mail could not be stored');
    });
    await expect(failing).rejects.toThrow('the mail could not be stored');
    expect((await rows.row(sessionId))?.status).toBe('active');
    expect([effects.enforced, effects.announced]).toEqual([[], []]);
  });

  it('enforces a revocation that another transaction committed while this one waited for the row', async () => {
    const sessionId = await rows.session();
    const other = dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query(
      `UPDATE sessions SET status = 'revoked', ended_reason = 'terminated', ended_by = 'operator' WHERE id = $1`,
      [sessionId],
    );
    const waiting = revoker.revoke({ sessionId }, 'logout', 'operator');
    await sleep(100);
    await other.commitTransaction();
    await other.release();
    await waiting;
    expect(effects.enforced).toEqual([[{ ...ENDED_AT, sessionId, reason: 'terminated' }]]);
  });

  it('does not enforce again what is confirmed', async () => {
    const sessionId = await rows.session();
    await revoker.revoke({ sessionId }, 'logout', 'operator');
    await dataSource.query('UPDATE sessions SET enforced_at = now() WHERE id = $1', [sessionId]);
    await revoker.revoke({ sessionId }, 'logout', 'operator');
    expect(effects.enforced).toHaveLength(1);
  });

  it("treats another user's session like an unknown one", async () => {
    const sessionId = await rows.session();
    const userId = await rows.user();
    expect(await revoker.revoke({ sessionId, userId }, 'logout', 'operator')).toBe('enforced');
    expect(effects.enforced).toEqual([]);
    expect((await rows.row(sessionId))?.status).toBe('active');
  });

  it('revokes the sessions of one device, of all but one, or of all', async () => {
    const userId = await rows.user();
    const devices = [await rows.device(userId), await rows.device(userId), await rows.device(userId)];
    const [a = '', b = '', c = ''] = devices;
    const onA = await rows.sessions(2, userId, a);
    const onB = await rows.sessions(2, userId, b);
    const onC = await rows.sessions(1, userId, c);
    await revoker.revoke({ userId, deviceIds: [a] }, 'terminated', 'operator');
    await dataSource.query('UPDATE sessions SET enforced_at = now() WHERE id = ANY ($1)', [onA]);
    await revoker.revoke({ userId, exceptDeviceId: c }, 'terminated', 'operator');
    await revoker.revoke({ userId }, 'terminated', 'operator');
    expect(effects.enforced.map(idsOf)).toEqual([[...onA].sort(), [...onB].sort(), [...onC].sort()]);
    // The cut-off is enforced for the sessions of B again, although their rows were closed before.
    expect(effects.cutOffs).toEqual(
      [1, 2].map((sessionEpoch) => ({ userId, rolesVersion: 0, sessionEpoch })),
    );
  });

  it('cuts off more sessions of a device than it closes at once, and keeps those on other devices', async () => {
    const userId = await rows.user();
    const [probe, phone] = [await rows.device(userId), await rows.device(userId)];
    const onProbe = await rows.sessions(501, userId, probe);
    const [kept = ''] = await rows.sessions(1, userId, phone);
    await revoker.revoke({ userId, deviceIds: [probe] }, 'terminated', `user:${userId}`);
    expect(effects.cutOffs).toEqual([{ userId, rolesVersion: 0, sessionEpoch: 1 }]);
    expect(await rows.row(kept)).toMatchObject({ status: 'active', epoch: 1 });
    const open = await dataSource.query(
      `SELECT s.id, c.reason, c.ended_by FROM sessions s JOIN session_cut_offs c USING (user_id)
       WHERE s.user_id = $1 AND s.status = 'active' AND s.epoch < c.epoch`,
      [userId],
    );
    expect(open).toEqual([{ id: expect.any(String), reason: 'terminated', ended_by: `user:${userId}` }]);
    expect(onProbe).toContain(open[0].id);
    expect(effects.closings).toBe(1);
  });

  it('ends a session whose row another transaction holds, without waiting for it', async () => {
    const userId = await rows.user();
    const sessionId = await rows.session({ userId });
    const other = dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [sessionId]);
    await revoker.revoke({ userId }, 'password_reset', `user:${userId}`);
    expect(effects.cutOffs).toEqual([{ userId, rolesVersion: 0, sessionEpoch: 1 }]);
    const store = new PostgresSessionStore(dataSource);
    expect((await store.load([sessionId])).get(sessionId)).toMatchObject({
      status: 'revoked',
      endedReason: 'password_reset',
    });
    await other.rollbackTransaction();
    await other.release();
    await new CutOffSweeper(dataSource).sweep();
    expect(await rows.row(sessionId)).toMatchObject({ status: 'revoked', ended_reason: 'password_reset' });
    expect(await dataSource.query('SELECT FROM session_cut_offs WHERE user_id = $1', [userId])).toEqual([]);
  });

  it('closes the rows of several cut-offs with the reason of the first one after each session was opened', async () => {
    const userId = await rows.user();
    const first = await rows.session({ userId });
    await rows.cutOff(userId);
    const second = await rows.session({ userId });
    await dataSource.query('UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1', [userId]);
    await dataSource.query(`INSERT INTO session_cut_offs VALUES ($1, 2, 'password_reset', 'latchkey')`, [
      userId,
    ]);
    await new CutOffSweeper(dataSource).sweep();
    const reasons = await Promise.all([first, second].map(async (id) => (await rows.row(id))?.ended_reason));
    expect(reasons).toEqual(['terminated', 'password_reset']);
  });

  it('opens a session that was inserted after a cut-off in the new epoch, and never revives one that is over', async () => {
    const userId = await rows.user();
    const over = await rows.session({ userId });
    await rows.cutOff(userId);
    expect(await rows.row(await rows.session({ userId }))).toMatchObject({ epoch: 1 });
    const revive = dataSource.query('UPDATE sessions SET epoch = 1 WHERE id = $1', [over]);
    await expect(revive).rejects.toThrow(/is over and stays over/);
    const lower = dataSource.query('UPDATE users SET session_epoch = 0 WHERE id = $1', [userId]);
    await expect(lower).rejects.toThrow(/only grows/);
  });

  it('lets one of many simultaneous calls revoke a session, and each of them enforce it', async () => {
    const sessionId = await rows.session();
    await Promise.all(
      Array.from({ length: 20 }, (_, at) => revoker.revoke({ sessionId }, 'logout', `user:${at}`)),
    );
    const expected = [{ ...ENDED_AT, sessionId, reason: 'logout' }];
    expect(effects.enforced).toEqual(Array.from({ length: 20 }, () => expected));
  });
});
