import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Confirmation, Revocations, SessionStore } from '@latchkey/revocation/session-store';
import type { DataSource } from 'typeorm';
import { SessionRows } from '../support/session-rows.js';

export interface StoreUnderTest {
  readonly store: SessionStore;
  /** The database that holds its rows. */
  readonly dataSource: DataSource;
  close(): Promise<void>;
}

const CONFIRMATION: Confirmation = { by: 'an instance', how: 'acknowledged', acknowledgedBy: [] };
const WINDOW_MS = 1_500_000;
const ofSessions = (ids: readonly string[], reason = 'logout'): Revocations => ({
  sessions: ids.map((sessionId) => ({ sessionId, reason })),
  cutOffs: [],
});

const revocationOf = (sessionId: string, reason: string) => ({
  sessionId,
  reason,
  endedAt: expect.any(Number),
});

/** What the revocation protocol requires of every session store. */
export function sessionStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the session store in ${name}`, () => {
    let under: StoreUnderTest;
    let store: SessionStore;
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
      return { reported: has(sessions), overdue: has(overdue.sessions) };
    };
    const changeRoles = (userId: string, roles: string[]) =>
      under.dataSource.query('UPDATE users SET roles = $2 WHERE id = $1', [userId, roles]);

    it('loads a session with everything that a check and a profile need', async () => {
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

    it('leaves out unknown sessions', async () => {
      const sessionId = await rows.session();
      expect([...(await store.load([randomUUID(), sessionId])).keys()]).toEqual([sessionId]);
      expect((await store.load([])).size).toBe(0);
    });

    it('loads an ended session with its reason', async () => {
      const sessionId = await rows.session();
      await rows.end([sessionId], 'terminated');
      expect((await store.load([sessionId])).get(sessionId)).toMatchObject({
        status: 'revoked',
        endedReason: 'terminated',
      });
    });

    it('reports a revocation once it is committed, but not before', async () => {
      const sessionId = await rows.session();
      expect((await recent(sessionId)).reported).toBe(false);
      await rows.end([sessionId], 'terminated');
      const { sessions } = await store.recentRevocations(1_000);
      expect(sessions).toContainEqual(revocationOf(sessionId, 'terminated'));
    });

    it('reports a revocation made in plain SQL, with the reason unspecified', async () => {
      const sessionId = await rows.session();
      await under.dataSource.query(`UPDATE sessions SET status = 'revoked' WHERE id = $1`, [sessionId]);
      expect((await store.recentRevocations(1_000)).sessions).toContainEqual(
        revocationOf(sessionId, 'unspecified'),
      );
    });

    it('reports a confirmed revocation within the window, but not beyond it', async () => {
      const [inside, beyond] = [await rows.session(), await rows.session()];
      await rows.end([inside, beyond]);
      await store.confirm(ofSessions([inside, beyond]), CONFIRMATION);
      await rows.backdateEnd([inside], '1490 seconds');
      await rows.backdateEnd([beyond], '1510 seconds');
      expect((await recent(inside)).reported).toBe(true);
      expect((await recent(beyond)).reported).toBe(false);
    });

    it('reports an unconfirmed revocation however old it is', async () => {
      const sessionId = await rows.session();
      await rows.end([sessionId]);
      await rows.backdateEnd([sessionId], '40 days');
      expect(await recent(sessionId)).toEqual({ reported: true, overdue: true });
      await store.confirm(ofSessions([sessionId]), CONFIRMATION);
      expect(await recent(sessionId)).toEqual({ reported: false, overdue: false });
    });

    it('reports a revocation as overdue if it is still unconfirmed after a second', async () => {
      const [young, old, confirmed] = [await rows.session(), await rows.session(), await rows.session()];
      await rows.end([young, old, confirmed]);
      await store.confirm(ofSessions([confirmed]), CONFIRMATION);
      await rows.backdateEnd([old, confirmed], '2 seconds');
      await rows.backdateEnd([young], '-60 seconds');
      expect(await recent(young)).toEqual({ reported: true, overdue: false });
      expect(await recent(old)).toEqual({ reported: true, overdue: true });
      expect(await recent(confirmed)).toEqual({ reported: true, overdue: false });
    });

    it('reports whether all of several revocations are confirmed', async () => {
      const [a, b] = [await rows.session(), await rows.session()];
      await rows.end([a, b]);
      expect(await store.areConfirmed(ofSessions([a, b]))).toBe(false);
      await store.confirm(ofSessions([a]), CONFIRMATION);
      expect(await store.areConfirmed(ofSessions([a, b]))).toBe(false);
      await store.confirm(ofSessions([b, a]), CONFIRMATION);
      expect(await store.areConfirmed(ofSessions([a, b]))).toBe(true);
    });

    it('does not confirm the revocation of an active session', async () => {
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

    it('confirms the role change that was announced, not a later one', async () => {
      const userId = await rows.user();
      const announced: Revocations = { sessions: [], cutOffs: [{ userId, rolesVersion: 1 }] };
      await changeRoles(userId, ['admin']);
      await changeRoles(userId, []);
      await store.confirm(announced, CONFIRMATION);
      expect(await store.areConfirmed(announced)).toBe(false);
      await store.confirm({ sessions: [], cutOffs: [{ userId, rolesVersion: 2 }] }, CONFIRMATION);
      expect(await store.areConfirmed(announced)).toBe(true);
    });

    it('reports an unconfirmed role change as overdue, however old it is', async () => {
      const userId = await rows.user();
      await changeRoles(userId, ['admin']);
      await under.dataSource.query(
        `UPDATE users SET roles_changed_at = now() - interval '40 days' WHERE id = $1`,
        [userId],
      );
      const { overdue } = await store.recentRevocations(WINDOW_MS);
      expect(overdue.cutOffs).toContainEqual({ userId, rolesVersion: 1 });
    });

    it('loads, reports and confirms more sessions than fit in one message', async () => {
      const userId = await rows.user();
      const ids = await rows.sessions(1_300, userId, await rows.device(userId));
      expect((await store.load(ids)).size).toBe(1_300);
      await rows.end(ids);
      const { sessions } = await store.recentRevocations(WINDOW_MS);
      const reported = new Set(sessions.map(({ sessionId }) => sessionId));
      expect(ids.filter((id) => !reported.has(id))).toEqual([]);
      await store.confirm(ofSessions(ids), CONFIRMATION);
      expect(await store.areConfirmed(ofSessions(ids))).toBe(true);
    });

    it('reapplies known revocations to sessions that are active again, with their reasons', async () => {
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
      expect((await store.recentRevocations(1_000)).sessions).toContainEqual(revocationOf(lost, 'logout'));
    });

    it('raises the roles version of a user to the known one, and never lowers it', async () => {
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

    it('names its server, the same one on every read', async () => {
      const { server } = await store.recentRevocations(1);
      expect(server).toMatch(/./);
      expect((await store.recentRevocations(1)).server).toBe(server);
    });

    it('returns the time of the database clock, which advances', async () => {
      const { now } = await store.recentRevocations(1);
      await sleep(20);
      expect((await store.recentRevocations(1)).now).toBeGreaterThan(now);
    });

    it('rejects every call while it cannot be reached', async () => {
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
