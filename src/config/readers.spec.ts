import { duration, orNone } from './readers.js';

describe('a duration', () => {
  const read = duration('0s', '3650d');

  it.each([
    ['0', 0],
    ['900', 900_000],
    ['500ms', 500],
    ['30s', 30_000],
    ['15m', 900_000],
    ['12h', 43_200_000],
    ['60d', 5_184_000_000],
  ])('%s is %d milliseconds', (text, milliseconds) => {
    expect(read(text)).toBe(milliseconds);
  });

  it.each(['', ' 1s', '1 s', '1.5h', '-1s', '+1s', '1e3', '1S', '1y', '1w', '1 day', '1h30m', '1234567890'])(
    'refuses %j',
    (text) => {
      expect(() => read(text)).toThrow('must be a duration such as 900, 500ms, 30s, 15m, 12h or 60d');
    },
  );

  it('refuses one outside its limits', () => {
    expect(() => duration('1s', '1h')('0')).toThrow('must be from 1s to 1h');
    expect(() => duration('1s', '1h')('61m')).toThrow('must be from 1s to 1h');
  });

  it('has no limit where none is allowed', () => {
    expect(orNone(read)('none')).toBe(Number.POSITIVE_INFINITY);
    expect(() => read('none')).toThrow(/must be a duration/);
  });
});
