import { EndedSet } from './ended-set.js';
import { LostRevocations } from './lost-revocations.js';
import type { Revocations, SessionStore } from './session-store.js';

describe('LostRevocations', () => {
  let reapplied: Revocations[];
  let fails: boolean;
  /** The store refuses each statement with one of these. */
  let refused: Set<string>;
  let written: Set<string>;
  let endedSet: EndedSet;
  let lost: LostRevocations;

  beforeEach(() => {
    reapplied = [];
    fails = false;
    refused = new Set();
    written = new Set();
    endedSet = new EndedSet(10_000);
    const store = {
      reapply: async (revocations: Revocations) => {
        reapplied.push(revocations);
        if (fails) throw new Error('read-only');
        const ids = [
          ...revocations.sessions.map(({ sessionId }) => sessionId),
          ...revocations.cutOffs.map(({ userId }) => userId),
        ];
        if (ids.some((id) => refused.has(id))) throw new Error('refused');
        for (const id of ids) written.add(id);
      },
    } as unknown as SessionStore;
    lost = new LostRevocations(store, endedSet);
    endedSet.add({
      sessions: [{ sessionId: 's', reason: 'logout' }],
      cutOffs: [{ userId: 'u', rolesVersion: 2 }],
    });
  });

  it('does nothing while the server stays the same', async () => {
    for (let times = 0; times < 3; times++) await lost.restore('one');
    expect(reapplied).toEqual([]);
  });

  it('writes the ended set to another server, once', async () => {
    for (const server of ['one', 'two', 'two']) await lost.restore(server);
    expect(reapplied).toEqual([endedSet.all()]);
  });

  it('writes it again when the server changes again', async () => {
    for (const server of ['one', 'two', 'one']) await lost.restore(server);
    expect(reapplied).toHaveLength(2);
  });

  it('tries again after a failure', async () => {
    await lost.restore('one');
    fails = true;
    await lost.restore('two');
    expect(written.size).toBe(0);
    fails = false;
    await lost.restore('two');
    expect(written).toEqual(new Set(['s', 'u']));
    reapplied = [];
    await lost.restore('two');
    expect(reapplied).toEqual([]);
  });

  it('does not start again while it is writing', async () => {
    await lost.restore('one');
    await Promise.all([lost.restore('two'), lost.restore('two')]);
    expect(reapplied).toHaveLength(1);
  });

  it('writes many in statements of limited size', async () => {
    const sessions = Array.from({ length: 4_500 }, (_, at) => ({ sessionId: `s${at}`, reason: 'logout' }));
    endedSet.add({ sessions, cutOffs: [] });
    for (const server of ['one', 'two']) await lost.restore(server);
    expect(reapplied.map((it) => [it.sessions.length, it.cutOffs.length])).toEqual([
      [2_000, 1],
      [2_000, 0],
      [501, 0],
    ]);
  });

  it.each([
    ['the first session', 's0'],
    ['a session', 's2345'],
    ['the last session', 's4499'],
    ['the only cut-off', 'u'],
  ])('writes all the others when the store refuses %s', async (_, id) => {
    const sessions = Array.from({ length: 4_500 }, (_, at) => ({ sessionId: `s${at}`, reason: 'logout' }));
    endedSet.add({ sessions, cutOffs: [] });
    refused.add(id);
    for (const server of ['one', 'two']) await lost.restore(server);
    expect(written.size).toBe(4_501);
    expect(written.has(id)).toBe(false);

    refused.clear();
    await lost.restore('two');
    expect(written.has(id)).toBe(true);
    const before = reapplied.length;
    await lost.restore('two');
    expect(reapplied).toHaveLength(before);
  });

  it('stops early when the store refuses everything', async () => {
    const sessions = Array.from({ length: 4_500 }, (_, at) => ({ sessionId: `s${at}`, reason: 'logout' }));
    endedSet.add({ sessions, cutOffs: [] });
    fails = true;
    for (const server of ['one', 'two']) await lost.restore(server);
    expect(reapplied.length).toBeLessThan(20);
  });
});
