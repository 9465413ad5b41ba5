import { randomUUID } from 'node:crypto';
import type { Guard, SessionEnd, StreamEnd } from '@latchkey/guard';
import { waitUntil } from '../support/wait-until.js';
import { ConnectedGuards } from './connected-guards.js';
import { ProtocolService } from './protocol-service.js';

let service: ProtocolService;
let guards: ConnectedGuards;
let guard: Guard;

beforeEach(async () => {
  service = await ProtocolService.start();
  guards = new ConnectedGuards(service);
  guard = await guards.connect();
});

afterEach(async () => {
  await guards.close();
  await service.die();
});

const caller = async (claims = {}) => guard.check(await service.token(claims));

describe('openStream', () => {
  it('closes the stream before the end of its session is answered, with the reason', async () => {
    const principal = await caller();
    const ends: StreamEnd[] = [];
    guard.openStream(principal, (end) => ends.push(end));
    guard.openStream(await caller(), () => ends.push({ code: 'closing' }));
    await service.revoke([{ sessionId: principal.sessionId, reason: 'terminated' }]);
    expect(ends).toEqual([{ code: 'session_revoked', reason: 'terminated' }]);
  });

  it('refuses a session that has ended since it was checked', async () => {
    const principal = await caller();
    await service.revoke([{ sessionId: principal.sessionId, reason: 'logout' }]);
    const ends: StreamEnd[] = [];
    expect(() => guard.openStream(principal, (end) => ends.push(end))).toThrow(
      expect.objectContaining({ code: 'session_revoked', members: { reason: 'logout' } }),
    );
    expect(ends).toEqual([]);
  });

  it('closes the streams that a cut-off may concern before it is answered, and no others of the user', async () => {
    const older = await caller({ session_epoch: 1 });
    const newer = await guard.check(await service.token({ sub: older.userId, session_epoch: 2 }));
    const ends: [string, StreamEnd][] = [];
    guard.openStream(older, (end) => ends.push(['older', end]));
    guard.openStream(newer, (end) => ends.push(['newer', end]));
    await service.revoke([], [{ userId: older.userId, rolesVersion: 1, sessionEpoch: 2 }]);
    expect(ends).toEqual([['older', { code: 'token_stale' }]]);
  });

  it('opens a stream of a session that the user kept, until the next cut-off', async () => {
    const claims = { sub: randomUUID(), sid: randomUUID() };
    await caller(claims);
    await service.revoke([], [{ userId: claims.sub, rolesVersion: 1, sessionEpoch: 2 }]);
    const asked = await caller(claims);
    const ends: StreamEnd[] = [];
    guard.openStream(asked, (end) => ends.push(end));
    await service.revoke([], [{ userId: claims.sub, rolesVersion: 1, sessionEpoch: 3 }]);
    expect(ends).toEqual([{ code: 'token_stale' }]);
    expect(() => guard.openStream(asked, () => {})).toThrow(expect.objectContaining({ status: 503 }));
  });

  it('closes the streams of a session that needs a new login', async () => {
    const principal = await caller();
    const ends: StreamEnd[] = [];
    guard.openStream(principal, (end) => ends.push(end));
    service.decide = async () => ({ state: 'needs_login' });
    service.sessionsChanged([principal.sessionId]);
    await waitUntil('the stream is closed', () => ends.length > 0);
    expect(ends).toEqual([{ code: 'insufficient_user_authentication' }]);
  });

  it('keeps the streams of a session that has changed in another way', async () => {
    const principal = await caller();
    const ends: StreamEnd[] = [];
    let questions = 0;
    service.decide = async () => {
      questions += 1;
      return { state: 'active' };
    };
    guard.openStream(principal, (end) => ends.push(end));
    service.sessionsChanged([principal.sessionId]);
    await waitUntil('the guard asks', () => questions > 0);
    await service.revoke([{ sessionId: principal.sessionId, reason: 'logout' }]);
    expect(ends).toEqual([{ code: 'session_revoked', reason: 'logout' }]);
  });

  it('does not close a stream that was released', async () => {
    const principal = await caller();
    const ends: StreamEnd[] = [];
    guard.openStream(principal, (end) => ends.push(end)).release();
    await service.revoke([{ sessionId: principal.sessionId, reason: 'logout' }]);
    expect(ends).toEqual([]);
  });

  it('is not broken by an application that fails to close its stream', async () => {
    const principal = await caller();
    const failure = new Error('cannot close');
    const ends: StreamEnd[] = [];
    guard.openStream(principal, () => {
      throw failure;
    });
    guard.openStream(principal, (end) => ends.push(end));
    await service.revoke([{ sessionId: principal.sessionId, reason: 'logout' }]);
    expect([ends.length, guards.errors]).toEqual([1, [failure]]);
    expect(await caller()).toBeDefined();
  });

  it('does not accept a copy of a principal, which says nothing about its token', async () => {
    const copy = { ...(await caller()) };
    expect(() => guard.openStream(copy, () => {})).toThrow(TypeError);
  });
});

describe('onSessionEnd', () => {
  it('is called once for a session that was seen, before its end is answered', async () => {
    const { sessionId, userId } = await caller();
    const ends: SessionEnd[] = [];
    guard.onSessionEnd((end) => ends.push(end));
    await service.revoke([
      { sessionId, reason: 'logout' },
      { sessionId: randomUUID(), reason: 'logout' },
    ]);
    expect(ends).toEqual([{ sessionId, userId, reason: 'logout' }]);
  });

  it('is called when the parent answers that the session has ended', async () => {
    const token = await service.token();
    const { sessionId, userId } = await guard.check(token);
    const ends: SessionEnd[] = [];
    guard.onSessionEnd((end) => ends.push(end));
    service.decide = async () => ({ state: 'ended', reason: 'password_changed' });
    await service.revoke([], [{ userId, rolesVersion: 1, sessionEpoch: 2 }]);
    await Promise.allSettled([guard.check(token), guard.check(token)]);
    expect(ends).toEqual([{ sessionId, userId, reason: 'password_changed' }]);
  });

  it('is not called after it was removed, and a listener that throws disturbs no other', async () => {
    const { sessionId } = await caller();
    const ends: string[] = [];
    const remove = guard.onSessionEnd(() => ends.push('removed'));
    guard.onSessionEnd(() => {
      throw new Error('failing listener');
    });
    guard.onSessionEnd(() => ends.push('other'));
    remove();
    await service.revoke([{ sessionId, reason: 'logout' }]);
    expect(ends).toEqual(['other']);
    expect(String(guards.errors)).toContain('failing listener');
  });
});
