import { haveOneHiddenClass } from '../../../test/support/hidden-class.js';
import { activeSnapshot } from '../../../test/support/revocation-world.js';
import { toCachedSession } from './cached-session.js';

describe('holding', () => {
  const read = (sessionId: string) => ({
    ...activeSnapshot(sessionId),
    readAt: 1.5,
    lastSeenAt: 1.5,
    createdAt: 1.5,
  });

  it('gives all sessions one hidden class, from whichever cache they come', () => {
    const fromRedis = JSON.parse(JSON.stringify(read('c'))) as ReturnType<typeof read>;
    const { needsLogin, ...rest } = read('d');
    const sources = [read('a'), fromRedis, { needsLogin, ...rest }];
    // V8 begins to tell them apart after some.
    const all = Array.from({ length: 50 }, () => sources.map((it) => toCachedSession(it))).flat();
    expect(haveOneHiddenClass(all)).toBe(true);
    expect(haveOneHiddenClass(all.map(({ profile }) => profile))).toBe(true);
  });

  it('takes over the uses that this instance has seen, and believes nobody else', () => {
    const seen = { address: '192.0.2.1', userAgent: 'curl' };
    const use = { at: 1, address: '192.0.2.1', isUnwritten: true };
    const told = { ...read('a'), grantedAt: 9, seen, use };
    expect(toCachedSession(told)).toMatchObject({ grantedAt: 0, seen: null, use: null });
    expect(toCachedSession(told, { ...toCachedSession(told), grantedAt: 5, seen, use })).toMatchObject({
      grantedAt: 5,
      seen,
      use,
    });
  });
});
