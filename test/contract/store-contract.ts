import { randomUUID } from 'node:crypto';
import type { Confirmation, Revocations, SessionStore } from '@latchkey/revocation/session-store';
import type { DataSource } from 'typeorm';
import type { SessionSnapshot } from '../../src/sessions/store/session-snapshot.js';
import { SessionRows } from '../support/session-rows.js';

export interface TruthUnderTest {
  readonly store: SessionStore<SessionSnapshot>;
  /** Where its rows are. */
  readonly dataSource: DataSource;
  close(): Promise<void>;
}

const CONFIRMATION: Confirmation = { by: 'an instance', how: 'acknowledged', acknowledgedBy: [] };
const WINDOW_MS = 1_500_000;
const ofSessions = (ids: readonly string[], reason = 'logout'): Revocations => ({
  sessions: ids.map((sessionId) => ({ sessionId, reason })),
  cutOffs: [],
});

/** What the protocol takes for granted of any store. */
const told = (sessionId: string, reason: string) => ({ sessionId, reason, endedAt: expect.any(Number) });

export function truthContract(name: string, open: () => Promise<TruthUnderTest>): void {
  describe(`the store: ${name}`, () => {
    let under: TruthUnderTest;
    let store: SessionStore<SessionSnapshot>;
    let rows: SessionRows;

    beforeAll(async () => {
      under = await open();
      store = under.store;
      rows = new SessionRows(under.dataSource);
    }, 180_000);
    afterAll(() => under.close());

    const recent = async (id: string) => {
      const { sessions, overdue } = await store.recentRevocations(WINDOW_MS);
      const has = (list: Revocations['sessions']) => list.some(({ sessionId }) => sessionId === id);
      return { told: has(sessions), overdue: has(overdue.sessions) };
    };
    const changeRoles = (userId: string, roles: string[]) =>
      under.dataSource.query('UPDATE users SET roles = $2 WHERE id = $1', [userId, roles]);

    it('loads a session with all that a check and a profile need', async () => {
      const userId = await rows.user();
      const deviceId = await rows.device(userId, 'Living room');
      const sessionId = await rows.session({ userId, deviceId });
      const snapshot = (await store.load([sessionId])).get(sessionId);
      expect(snapshot).toEqual({
        sessionId,
        userId,
        deviceId,
        status: 'active',
        endedReason: null,
        createdAt: expect.any(Number),
        lastSeenAt: expect.any(Number),
        address: null,
        countries: [],
        clients: [],
        needsLogin: false,
        readAt: expect.any(Number),
        rolesVersion: 0,
        profile: {
          email: `${userId}@example.com`,
          deviceName: 'Living room',
          emailVerified: false,
          deviceKind: 'mobile',
          browser: 'Firefox 140',
          system: 'Android 16',
        },
      });
      expect(snapshot?.readAt).toBeGreaterThanOrEqual(snapshot?.createdAt ?? Number.NaN);
    });

    it('leaves out what it does not know', async () => {
      const sessionId = await rows.session();
      expect([...(await store.load([randomUUID(), sessionId])).keys()]).toEqual([sessionId]);
      expect((await store.load([])).size).toBe(0);
    });

    it('loads a session that ended, with its reason', async () => {
      const sessionId = await rows.session();
      await rows.end([sessionId], 'terminated');
      expect((await store.load([sessionId])).get(sessionId)).toMatchObject({
        status: 'revoked',
        endedReason: 'terminated',
      });
    });

    it('tells of an end as soon as it is committed, and not before', async () => {
      const sessionId = await rows.session();
      expect((await recent(sessionId)).told).toBe(false);
      await rows.end([sessionId], 'terminated');
      const { sessions } = await store.recentRevocations(1_000);
      expect(sessions).toContainEqual(told(sessionId, 'terminated'));
    });

    it('tells of an end made by hand, without a word of who or why', async () => {
      const sessionId = await rows.session();
      await under.dataSource.query(`UPDATE sessions SET status = 'revoked' WHERE id = $1`, [sessionId]);
      expect((await store.recentRevocations(1_000)).sessions).toContainEqual(told(sessionId, 'unspecified'));
    });

    it('tells of a confirmed end within the window and not beyond it', async () => {
      const [inside, beyond] = [await rows.session(), await rows.session()];
      await rows.end([inside, beyond]);
      await store.confirm(ofSessions([inside, beyond]), CONFIRMATION);
      await rows.backdateEnd([inside], '1490 seconds');
      await rows.backdateEnd([beyond], '1510 seconds');
      expect((await recent(inside)).told).toBe(true);
      expect((await recent(beyond)).told).toBe(false);
    });

    it('tells of an end that is not confirmed however old it is', async () => {
      const sessionId = await rows.session();
      await rows.end([sessionId]);
      await rows.backdateEnd([sessionId], '40 days');
      expect(await recent(sessionId)).toEqual({ told: true, overdue: true });
      await store.confirm(ofSessions([sessionId]), CONFIRMATION);
      expect(await recent(sessionId)).toEqual({ told: false, overdue: false });
    });

    it('calls an end overdue when nobody has confirmed it for a second', async () => {
      const [young, old, confirmed] = [await rows.session(), await rows.session(), await rows.session()];
      await rows.end([young, old, confirmed]);
      await store.confirm(ofSessions([confirmed]), CONFIRMATION);
      await rows.backdateEnd([old, confirmed], '2 seconds');
      await rows.backdateEnd([young], '-60 seconds');
      expect(await recent(young)).toEqual({ told: true, overdue: false });
      expect(await recent(old)).toEqual({ told: true, overdue: true });
      expect(await recent(confirmed)).toEqual({ told: true, overdue: false });
    });

    it('knows what is confirmed', async () => {
      const [a, b] = [await rows.session(), await rows.session()];
      await rows.end([a, b]);
      expect(await store.areConfirmed(ofSessions([a, b]))).toBe(false);
      await store.confirm(ofSessions([a]), CONFIRMATION);
      expect(await store.areConfirmed(ofSessions([a, b]))).toBe(false);
      await store.confirm(ofSessions([b, a]), CONFIRMATION);
      expect(await store.areConfirmed(ofSessions([a, b]))).toBe(true);
    });

    it('confirms no end of a session that lives', async () => {
      const sessionId = await rows.session();
      await store.confirm(ofSessions([sessionId]), CONFIRMATION);
      expect(await store.areConfirmed(ofSessions([sessionId]))).toBe(false);
      expect((await store.load([sessionId])).get(sessionId)?.status).toBe('active');
    });

    it('cuts off the tokens of a user whose roles were changed in plain SQL', async () => {
      const userId = await rows.user();
      const sessionId = await rows.session({ userId });
      await changeRoles(userId, ['admin']);
      await changeRoles(userId, []);
      const { cutOffs, overdue } = await store.recentRevocations(WINDOW_MS);
      expect(cutOffs).toContainEqual({ userId, rolesVersion: 2 });
      expect(overdue.cutOffs.filter((it) => it.userId === userId)).toEqual([]);
      expect((await store.load([sessionId])).get(sessionId)?.rolesVersion).toBe(2);
    });

    it('confirms the role change that was told, not one that came after it', async () => {
      const userId = await rows.user();
      const told: Revocations = { sessions: [], cutOffs: [{ userId, rolesVersion: 1 }] };
      await changeRoles(userId, ['admin']);
      await changeRoles(userId, []);
      await store.confirm(told, CONFIRMATION);
      expect(await store.areConfirmed(told)).toBe(false);
      await store.confirm({ sessions: [], cutOffs: [{ userId, rolesVersion: 2 }] }, CONFIRMATION);
      expect(await store.areConfirmed(told)).toBe(true);
    });

    it('tells of a role change that nobody confirmed, however old, as overdue', async () => {
      const userId = await rows.user();
      await changeRoles(userId, ['admin']);
      await under.dataSource.query(
        `UPDATE users SET roles_changed_at = now() - interval '40 days' WHERE id = $1`,
        [userId],
      );
      const { overdue } = await store.recentRevocations(WINDOW_MS);
      expect(overdue.cutOffs).toContainEqual({ userId, rolesVersion: 1 });
    });

    it('loads, tells of and confirms more than one message holds', async () => {
      const userId = await rows.user();
      const ids = await rows.sessions(1_300, userId, await rows.device(userId));
      expect((await store.load(ids)).size).toBe(1_300);
      await rows.end(ids);
      const { sessions } = await store.recentRevocations(WINDOW_MS);
      const told = new Set(sessions.map(({ sessionId }) => sessionId));
      expect(ids.filter((id) => !told.has(id))).toEqual([]);
      await store.confirm(ofSessions(ids), CONFIRMATION);
      expect(await store.areConfirmed(ofSessions(ids))).toBe(true);
    });

    it('ends again what is active and was known to have ended, with its reason', async () => {
      const [lost, expired, kept] = [await rows.session(), await rows.session(), await rows.session()];
      await rows.end([kept], 'terminated');
      await store.reapply({
        sessions: [
          { sessionId: lost, reason: 'logout' },
          { sessionId: expired, reason: 'expired' },
          { sessionId: kept, reason: 'another' },
          { sessionId: randomUUID(), reason: 'logout' },
        ],
        cutOffs: [],
      });
      const found = await store.load([lost, expired, kept]);
      expect(found.get(lost)).toMatchObject({ status: 'revoked', endedReason: 'logout' });
      expect(found.get(expired)).toMatchObject({ status: 'expired', endedReason: 'expired' });
      expect(found.get(kept)).toMatchObject({ status: 'revoked', endedReason: 'terminated' });
      expect(await store.areConfirmed(ofSessions([lost]))).toBe(false);
      expect((await store.recentRevocations(1_000)).sessions).toContainEqual(told(lost, 'logout'));
    });

    it('brings a user up to the role change that was known, and never back', async () => {
      const [behind, ahead] = [await rows.user(), await rows.user()];
      for (const roles of [['a'], ['b'], ['c']]) await changeRoles(ahead, roles);
      await store.reapply({
        sessions: [],
        cutOffs: [behind, ahead].map((userId) => ({ userId, rolesVersion: 2 })),
      });
      const { cutOffs } = await store.recentRevocations(WINDOW_MS);
      expect(cutOffs).toContainEqual({ userId: behind, rolesVersion: 2 });
      expect(cutOffs).toContainEqual({ userId: ahead, rolesVersion: 3 });
    });

    it('names its server, the same at every look', async () => {
      const { server } = await store.recentRevocations(1);
      expect(server).toMatch(/./);
      expect((await store.recentRevocations(1)).server).toBe(server);
    });

    it('tells the time by a clock of its own that moves on', async () => {
      const { now } = await store.recentRevocations(1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect((await store.recentRevocations(1)).now).toBeGreaterThan(now);
    });

    it('fails when it cannot be reached, and says nothing instead', async () => {
      await under.dataSource.destroy();
      await expect(store.load([randomUUID()])).rejects.toThrow();
      await expect(store.recentRevocations(WINDOW_MS)).rejects.toThrow();
      await expect(store.confirm(ofSessions([randomUUID()]), CONFIRMATION)).rejects.toThrow();
      await expect(store.areConfirmed(ofSessions([randomUUID()]))).rejects.toThrow();
      await expect(store.reapply(ofSessions([randomUUID()]))).rejects.toThrow();
      await under.dataSource.initialize();
    });
  });
}
