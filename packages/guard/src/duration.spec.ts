import { type Duration, seconds } from './duration.js';

describe('seconds', () => {
  it.each<[Duration, number]>([
    [0, 0],
    [90, 90],
    ['30s', 30],
    ['5m', 300],
    ['12h', 43_200],
    ['7d', 604_800],
  ])('reads %j', (duration, expected) => {
    expect(seconds(duration)).toBe(expected);
  });

  it.each(['', '5', 'm', '5 m', '5w', '-5m', '1.5h', -1, Number.NaN, Number.POSITIVE_INFINITY, null])(
    'refuses %j',
    (duration) => {
      expect(() => seconds(duration as Duration)).toThrow(TypeError);
    },
  );
});
