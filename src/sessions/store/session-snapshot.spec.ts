import { activeSnapshot } from '../../../test/support/active-snapshot.js';
import { SNAPSHOT_FORMAT } from './session-snapshot.js';

describe('SNAPSHOT_FORMAT', () => {
  const isSnapshot = (value: unknown) => SNAPSHOT_FORMAT.isSnapshotOf('s', value);

  it('accepts what the service writes', () => {
    expect(isSnapshot(JSON.parse(JSON.stringify(activeSnapshot('s'))))).toBe(true);
  });

  it.each([
    ['nothing', null],
    ['a text', 'active'],
    ['the snapshot of another session', activeSnapshot('other')],
    ['a session that has ended', { ...activeSnapshot('s'), status: 'revoked' }],
    ['no profile', { ...activeSnapshot('s'), profile: null }],
    ['a profile that is a text', { ...activeSnapshot('s'), profile: 'TV' }],
    [
      'a profile that does not say whether the address is confirmed',
      { ...activeSnapshot('s'), profile: { ...activeSnapshot('s').profile, emailVerified: undefined } },
    ],
    ['a time that is a text', { ...activeSnapshot('s'), readAt: '1' }],
    ['an address that is a number', { ...activeSnapshot('s'), address: 1 }],
    ['countries that are not texts', { ...activeSnapshot('s'), countries: [1] }],
  ])('rejects %s', (_, value) => {
    expect(isSnapshot(value)).toBe(false);
  });
});
