import { setTimeout as sleep } from 'node:timers/promises';
import type { EndedSession } from '@latchkey/revocation/session-store';
import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDataSource } from '../../../src/database/data-source.js';
import { type CommitEffects, SessionRevoker } from '../../../src/sessions/session-revoker.js';
import { transactionTurns } from '../../../src/sessions/transaction-turns.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { SessionRows } from '../../support/session-rows.js';

const ENDED_AT = { endedAt: expect.any(Number) };

/** Records what takes effect. */
class RecordedEffects implements CommitEffects {
  readonly enforced: EndedSession[][] = [];
  readonly invalidated: string[] = [];
  readonly announced: string[] = [];
  cutOffs = 0;
  isConfirmed = true;

  async enforce({ sessions }: { sessions: readonly EndedSession[] }): Promise<boolean> {
    this.enforced.push([...sessions]);
    return this.isConfirmed;
  }

  async invalidate(sessionIds: readonly string[]): Promise<void> {
    this.invalidated.push(...sessionIds);
  }

  closeCutOffSessions(): void {
    this.cutOffs += 1;
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
    await revoker.revoke({ userId, deviceId: a }, 'terminated', 'operator');
    await dataSource.query('UPDATE sessions SET enforced_at = now() WHERE id = ANY ($1)', [onA]);
    await revoker.revoke({ userId, exceptDeviceId: c }, 'terminated', 'operator');
    await revoker.revoke({ userId }, 'terminated', 'operator');
    expect(effects.enforced.map(idsOf)).toEqual([[...onA].sort(), [...onB].sort(), [...onB, ...onC].sort()]);
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
