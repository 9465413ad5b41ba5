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
});
