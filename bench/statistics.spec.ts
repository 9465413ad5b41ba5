import { median, quantile, spread } from './statistics.js';

describe('bench statistics', () => {
  it('computes the median of an odd and of an even number of unsorted values', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('interpolates quantiles between two values', () => {
    expect(quantile([10, 20], 0.99)).toBeCloseTo(19.9);
    expect(quantile([7], 0.99)).toBe(7);
  });

  it('gives the spread as a fraction of the median', () => {
    expect(spread([90, 100, 110])).toBeCloseTo(0.1);
  });

  it('throws if there are no values', () => {
    expect(() => median([])).toThrow('no values');
  });
});
