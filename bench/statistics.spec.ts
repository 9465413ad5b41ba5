import { median, quantile, spread } from './statistics.js';

describe('the statistics of the bench', () => {
  it('take the middle of an odd and of an even number of values, in any order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('read between two values', () => {
    expect(quantile([10, 20], 0.99)).toBeCloseTo(19.9);
    expect(quantile([7], 0.99)).toBe(7);
  });

  it('give the spread as a part of the median', () => {
    expect(spread([90, 100, 110])).toBeCloseTo(0.1);
  });

  it('refuse to say anything of no values', () => {
    expect(() => median([])).toThrow('no values');
  });
});
