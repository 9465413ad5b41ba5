import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Confirmation, Revocations, SessionStore } from '../src/session-store.js';
import { readTail } from './read-tail.js';

/** A store, and the writes that are not the protocol's. */
export interface StoreUnderTest {
  readonly store: SessionStore;
  /** Creates active sessions. @returns their ids */
  createSessions(count: number): Promise<string[]>;
  createUser(): Promise<string>;
  /** Commits the end of sessions, as the service does. */
  end(sessionIds: readonly string[], reason: string): Promise<void>;
  /** Creates active sessions of one user. @returns their ids */
  createSessionsOf(userId: string, count: number): Promise<string[]>;
  /** Commits the end of all sessions of a user, except for some. */
  cutOffSessions(userId: string, exempted: readonly string[]): Promise<void>;
  /** Changes the roles of a user once. */
  changeRoles(userId: string): Promise<void>;
  /** Moves the ends of sessions, or the last role change of users, into the past. */
  backdate(ids: readonly string[], ms: number): Promise<void>;
  /** Makes the store unreachable, and reachable again. */
  disconnect(): Promise<void>;
  reconnect(): Promise<void>;
  close(): Promise<void>;
}

const CONFIRMATION: Confirmation = { by: 'an instance', how: 'acknowledged', acknowledgedBy: [] };
const WINDOW_MS = 1_500_000;
const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

const ofSessions = (ids: readonly string[], reason = 'logout'): Revocations => ({
  sessions: ids.map((sessionId) => ({ sessionId, reason })),
  cutOffs: [],
});
const ofUser = (userId: string, rolesVersion: number): Revocations => ({
  sessions: [],
  cutOffs: [{ userId, rolesVersion, sessionEpoch: 0 }],
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

    beforeAll(async () => {
      under = await open();
      store = under.store;
    }, 180_000);
    afterAll(() => under.close());

    const createSession = async () => (await under.createSessions(1))[0] ?? '';
    const recent = async (id: string) => {
      const { sessions, overdue } = await readTail(store, WINDOW_MS);
      const has = (list: Revocations['sessions']) => list.some(({ sessionId }) => sessionId === id);
      return { reported: has(sessions), overdue: has(overdue.sessions) };
    };

    it('loads a session', async () => {
      const sessionId = await createSession();
      const snapshot = (await store.load([sessionId])).get(sessionId);
      expect(snapshot).toMatchObject({
        sessionId,
        status: 'active',
        endedReason: null,
        createdAt: expect.any(Number),
        lastSeenAt: expect.any(Number),
        readAt: expect.any(Number),
      });
      expect(snapshot?.readAt).toBeGreaterThanOrEqual(snapshot?.createdAt ?? Number.NaN);
    });

    it('leaves out unknown sessions', async () => {
      const sessionId = await createSession();
      expect([...(await store.load([randomUUID(), sessionId])).keys()]).toEqual([sessionId]);
      expect((await store.load([])).size).toBe(0);
    });

    it('loads an ended session with its reason', async () => {
      const sessionId = await createSession();
      await under.end([sessionId], 'terminated');
      expect((await store.load([sessionId])).get(sessionId)).toMatchObject({
        status: 'revoked',
        endedReason: 'terminated',
      });
    });

    it('reports a revocation once it is committed, but not before', async () => {
      const sessionId = await createSession();
      expect((await recent(sessionId)).reported).toBe(false);
      await under.end([sessionId], 'terminated');
      const { sessions } = await readTail(store, SECOND_MS);
      expect(sessions).toContainEqual(revocationOf(sessionId, 'terminated'));
    });

    it('reports a confirmed revocation within the window, but not beyond it', async () => {
      const [inside, beyond] = [await createSession(), await createSession()];
      await under.end([inside, beyond], 'logout');
      await store.confirm(ofSessions([inside, beyond]), CONFIRMATION);
      await under.backdate([inside], WINDOW_MS - 10 * SECOND_MS);
      await under.backdate([beyond], WINDOW_MS + 10 * SECOND_MS);
      expect((await recent(inside)).reported).toBe(true);
      expect((await recent(beyond)).reported).toBe(false);
    });

    it('reports an unconfirmed revocation however old it is', async () => {
      const sessionId = await createSession();
      await under.end([sessionId], 'logout');
      await under.backdate([sessionId], 40 * DAY_MS);
      expect(await recent(sessionId)).toEqual({ reported: true, overdue: true });
      await store.confirm(ofSessions([sessionId]), CONFIRMATION);
      expect(await recent(sessionId)).toEqual({ reported: false, overdue: false });
    });

    it('reports a revocation as overdue if it is still unconfirmed after a second', async () => {
      const [young, old, confirmed] = [await createSession(), await createSession(), await createSession()];
      await under.end([young, old, confirmed], 'logout');
      await store.confirm(ofSessions([confirmed]), CONFIRMATION);
      await under.backdate([old, confirmed], 2 * SECOND_MS);
      await under.backdate([young], -60 * SECOND_MS);
      expect(await recent(young)).toEqual({ reported: true, overdue: false });
      expect(await recent(old)).toEqual({ reported: true, overdue: true });
      expect(await recent(confirmed)).toEqual({ reported: true, overdue: false });
    });

    it('reports what has been committed since a position, however old its time is', async () => {
      const [before, late, next] = [await createSession(), await createSession(), await createSession()];
      await under.end([before], 'logout');
      const first = await readTail(store, WINDOW_MS);
      await under.end([late], 'logout');
      await store.confirm(ofSessions([before, late]), CONFIRMATION);
      await under.backdate([late], WINDOW_MS + 10 * SECOND_MS);
      const second = await readTail(store, WINDOW_MS, first.end);
      expect(second.sessions.map(({ sessionId }) => sessionId)).toEqual([late]);
      await under.end([next], 'logout');
      const third = await readTail(store, WINDOW_MS, second.end);
      expect(third.sessions.map(({ sessionId }) => sessionId)).toEqual([next]);
      expect((await readTail(store, WINDOW_MS, third.end)).sessions).toEqual([]);
    });

    it('reports cut-offs that have been committed since a position', async () => {
      const [byRoles, byEpoch] = [await under.createUser(), await under.createUser()];
      const { end } = await readTail(store, WINDOW_MS);
      await under.changeRoles(byRoles);
      await under.cutOffSessions(byEpoch, []);
      await under.backdate([byRoles, byEpoch], 40 * DAY_MS);
      const { cutOffs } = await readTail(store, WINDOW_MS, end);
      expect(cutOffs.map(({ userId }) => userId).sort()).toEqual([byRoles, byEpoch].sort());
    });

    it('reports whether all of several revocations are confirmed', async () => {
      const [a, b] = [await createSession(), await createSession()];
      await under.end([a, b], 'logout');
      expect(await store.areConfirmed(ofSessions([a, b]))).toBe(false);
      await store.confirm(ofSessions([a]), CONFIRMATION);
      expect(await store.areConfirmed(ofSessions([a, b]))).toBe(false);
      await store.confirm(ofSessions([b, a]), CONFIRMATION);
      expect(await store.areConfirmed(ofSessions([a, b]))).toBe(true);
    });

    it('does not confirm the revocation of an active session', async () => {
      const sessionId = await createSession();
      await store.confirm(ofSessions([sessionId]), CONFIRMATION);
      expect(await store.areConfirmed(ofSessions([sessionId]))).toBe(false);
      expect((await store.load([sessionId])).get(sessionId)?.status).toBe('active');
    });

    it('counts the role changes of a user', async () => {
      const userId = await under.createUser();
      await under.changeRoles(userId);
      await under.changeRoles(userId);
      const { cutOffs, overdue } = await readTail(store, WINDOW_MS);
      expect(cutOffs).toContainEqual({ userId, rolesVersion: 2, sessionEpoch: 0 });
      expect(overdue.cutOffs.filter((it) => it.userId === userId)).toEqual([]);
    });

    it('confirms the role change that was announced, not a later one', async () => {
      const userId = await under.createUser();
      await under.changeRoles(userId);
      await under.changeRoles(userId);
      await store.confirm(ofUser(userId, 1), CONFIRMATION);
      expect(await store.areConfirmed(ofUser(userId, 1))).toBe(false);
      await store.confirm(ofUser(userId, 2), CONFIRMATION);
      expect(await store.areConfirmed(ofUser(userId, 1))).toBe(true);
    });

    it('reports an unconfirmed role change as overdue, however old it is', async () => {
      const userId = await under.createUser();
      await under.changeRoles(userId);
      await under.backdate([userId], 40 * DAY_MS);
      const { overdue } = await readTail(store, WINDOW_MS);
      expect(overdue.cutOffs).toContainEqual({ userId, rolesVersion: 1, sessionEpoch: 0 });
    });

    it('loads the sessions of a user that a cut-off has ended as revoked, except for those that it exempts', async () => {
      const userId = await under.createUser();
      const [kept = '', over = ''] = await under.createSessionsOf(userId, 2);
      await under.cutOffSessions(userId, [kept]);
      const found = await store.load([kept, over]);
      expect(found.get(kept)).toMatchObject({ userId, status: 'active', endedReason: null, sessionEpoch: 1 });
      expect(found.get(over)).toMatchObject({ userId, status: 'revoked', sessionEpoch: 0 });
      expect(found.get(over)?.endedReason).toEqual(expect.any(String));
    });

    it('reports a cut-off of sessions until it is confirmed, and only that one is confirmed', async () => {
      const userId = await under.createUser();
      const cutOff = (sessionEpoch: number) => ({ userId, rolesVersion: 0, sessionEpoch });
      await under.cutOffSessions(userId, []);
      await under.cutOffSessions(userId, []);
      await under.backdate([userId], 40 * DAY_MS);
      expect((await readTail(store, WINDOW_MS)).overdue.cutOffs).toContainEqual(cutOff(2));
      await store.confirm({ sessions: [], cutOffs: [cutOff(1)] }, CONFIRMATION);
      expect(await store.areConfirmed({ sessions: [], cutOffs: [cutOff(2)] })).toBe(false);
      await store.confirm({ sessions: [], cutOffs: [cutOff(2)] }, CONFIRMATION);
      expect(await store.areConfirmed({ sessions: [], cutOffs: [cutOff(2)] })).toBe(true);
    });

    it('applies a lost cut-off of sessions again', async () => {
      const userId = await under.createUser();
      const [sessionId = ''] = await under.createSessionsOf(userId, 1);
      await store.reapply({ sessions: [], cutOffs: [{ userId, rolesVersion: 0, sessionEpoch: 3 }] });
      expect((await store.load([sessionId])).get(sessionId)?.status).toBe('revoked');
      const { cutOffs } = await readTail(store, WINDOW_MS);
      expect(cutOffs).toContainEqual({ userId, rolesVersion: 0, sessionEpoch: 3 });
    });

    it('loads, reports and confirms more sessions than fit in one message', async () => {
      const ids = await under.createSessions(1_300);
      expect((await store.load(ids)).size).toBe(1_300);
      await under.end(ids, 'logout');
      const { sessions } = await readTail(store, WINDOW_MS);
      const reported = new Set(sessions.map(({ sessionId }) => sessionId));
      expect(ids.filter((id) => !reported.has(id))).toEqual([]);
      await store.confirm(ofSessions(ids), CONFIRMATION);
      expect(await store.areConfirmed(ofSessions(ids))).toBe(true);
    });

    it('reapplies known revocations to sessions that are active again, with their reasons', async () => {
      const [lost, expired, kept] = [await createSession(), await createSession(), await createSession()];
      await under.end([kept], 'terminated');
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
      expect((await readTail(store, SECOND_MS)).sessions).toContainEqual(revocationOf(lost, 'logout'));
    });

    it('raises the roles version of a user to the known one, and never lowers it', async () => {
      const [behind, ahead] = [await under.createUser(), await under.createUser()];
      for (let times = 0; times < 3; times++) await under.changeRoles(ahead);
      await store.reapply({
        sessions: [],
        cutOffs: [behind, ahead].map((userId) => ({ userId, rolesVersion: 2 })),
      });
      const { cutOffs } = await readTail(store, WINDOW_MS);
      expect(cutOffs).toContainEqual({ userId: behind, rolesVersion: 2, sessionEpoch: 0 });
      expect(cutOffs).toContainEqual({ userId: ahead, rolesVersion: 3, sessionEpoch: 0 });
    });

    it('names its server, the same one on every read', async () => {
      const { server } = await readTail(store, 1);
      expect(server).toMatch(/./);
      expect((await readTail(store, 1)).server).toBe(server);
    });

    it('returns the time of its clock, which advances', async () => {
      const { now } = await readTail(store, 1);
      await sleep(20);
      expect((await readTail(store, 1)).now).toBeGreaterThan(now);
    });

    it('rejects every call while it cannot be reached', async () => {
      await under.disconnect();
      await expect(store.load([randomUUID()])).rejects.toThrow();
      await expect(readTail(store, WINDOW_MS)).rejects.toThrow();
      await expect(store.confirm(ofSessions([randomUUID()]), CONFIRMATION)).rejects.toThrow();
      await expect(store.areConfirmed(ofSessions([randomUUID()]))).rejects.toThrow();
      await expect(store.reapply(ofSessions([randomUUID()]))).rejects.toThrow();
      await under.reconnect();
    });
  });
}
