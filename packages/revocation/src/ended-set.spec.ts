import { EndedSet } from './ended-set.js';

const ended = (sessionId: string, reason = 'logout') => ({ sessions: [{ sessionId, reason }], cutOffs: [] });
const cutOff = (userId: string, rolesVersion: number, sessionEpoch?: number) => ({
  sessions: [],
  cutOffs: [{ userId, rolesVersion, ...(sessionEpoch !== undefined && { sessionEpoch }) }],
});

describe('EndedSet', () => {
  it('keeps the first reason', () => {
    const set = new EndedSet(10);
    set.add(ended('a', 'terminated'));
    set.add(ended('a', 'logout'));
    expect(set.reasonOf('a')).toBe('terminated');
    expect(set.reasonOf('b')).toBeUndefined();
  });

  it('keeps an entry for at least one lifetime and at most two', () => {
    const set = new EndedSet(10);
    set.add(ended('a'));
    set.forgetOldest();
    expect(set.reasonOf('a')).toBe('logout');
    set.forgetOldest();
    expect(set.reasonOf('a')).toBeUndefined();
  });

  it('restarts the lifetime of an entry that is added again', () => {
    const set = new EndedSet(10);
    set.add(ended('a', 'terminated'));
    set.forgetOldest();
    set.add(ended('a'));
    set.forgetOldest();
    expect(set.reasonOf('a')).toBe('terminated');
  });

  it('never moves a cut-off back', () => {
    const set = new EndedSet(10);
    set.add(cutOff('u', 3));
    set.add(cutOff('u', 2));
    expect(set.cutOffOf('u')).toEqual({ rolesVersion: 3, sessionEpoch: 0 });
    set.forgetOldest();
    set.add(cutOff('u', 1));
    expect(set.cutOffOf('u')).toEqual({ rolesVersion: 3, sessionEpoch: 0 });
    expect(set.cutOffOf('v')).toEqual({ rolesVersion: 0, sessionEpoch: 0 });
  });

  it('keeps the larger of each number of a cut-off, also across a rotation', () => {
    const set = new EndedSet(10);
    set.add(cutOff('u', 1, 5));
    set.forgetOldest();
    set.add(cutOff('u', 2, 4));
    // An instance of a version that does not know epochs sends none.
    set.add(cutOff('u', 3));
    expect(set.cutOffOf('u')).toEqual({ rolesVersion: 3, sessionEpoch: 5 });
    expect(set.all().cutOffs).toEqual([{ userId: 'u', rolesVersion: 3, sessionEpoch: 5 }]);
  });

  it('reports an overflow instead of dropping entries', () => {
    const set = new EndedSet(2);
    set.add(ended('a'));
    set.add(cutOff('u', 1));
    expect(set.isOverflowing).toBe(false);
    set.add(ended('b'));
    expect(set.isOverflowing).toBe(true);
    expect(set.reasonOf('a')).toBe('logout');
    set.forgetOldest();
    set.forgetOldest();
    expect(set.isOverflowing).toBe(false);
  });

  it('keeps room for what ends one by one after a mass', () => {
    const set = new EndedSet(1_000);
    expect([set.hasRoomFor(750), set.hasRoomFor(751)]).toEqual([true, false]);
    const sessions = Array.from({ length: 750 }, (_, n) => ({ sessionId: `s${n}`, reason: 'unspecified' }));
    set.add({ sessions, cutOffs: [] });
    expect([set.hasRoomFor(101), set.hasRoomFor(100)]).toEqual([false, true]);
    const full = new EndedSet(0);
    expect([full.hasRoomFor(0), full.hasRoomFor(1)]).toEqual([true, false]);
  });

  it('remembers for at least one lifetime and at most two that some ends are not listed', () => {
    const set = new EndedSet(1);
    expect(set.hasUnlisted).toBe(false);
    set.addUnlisted();
    set.forgetOldest();
    expect([set.hasUnlisted, set.unlistedCount]).toEqual([true, 1]);
    set.forgetOldest();
    expect(set.hasUnlisted).toBe(false);
  });

  it('tells what is new', () => {
    const set = new EndedSet(10);
    set.add(ended('a'));
    set.add(cutOff('u', 2, 1));
    const both = { sessions: [...ended('a').sessions, ...ended('b').sessions], cutOffs: [] };
    expect(set.newsOf(both)).toEqual(ended('b'));
    expect(set.newsOf(cutOff('u', 2, 1)).cutOffs).toEqual([]);
    expect(set.newsOf(cutOff('u', 2, 2)).cutOffs).toHaveLength(1);
    expect(set.newsOf(cutOff('u', 3)).cutOffs).toHaveLength(1);
  });
});
