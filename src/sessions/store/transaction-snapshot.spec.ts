import { readSnapshot, unseenSince } from './transaction-snapshot.js';

describe('a transaction snapshot', () => {
  it('is read as Postgres prints it', () => {
    expect(readSnapshot('10:20:10,14,15')).toEqual({ xmax: 20n, inProgress: [10n, 14n, 15n] });
    expect(readSnapshot('20:20:')).toEqual({ xmax: 20n, inProgress: [] });
    expect(readSnapshot('4294967297:9007199254740993:').xmax).toBe(9007199254740993n);
  });

  it('does not see transactions that were in progress, and those that began later', () => {
    const covered = readSnapshot('10:20:10,14');
    expect(unseenSince(covered, readSnapshot('14:25:14'))).toEqual([
      ['10', '14', '20'],
      ['11', '15', '25'],
    ]);
    expect(unseenSince(covered, null)).toEqual([
      ['10', '14', '20'],
      ['11', '15', null],
    ]);
  });
});
