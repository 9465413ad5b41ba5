import fc from 'fast-check';
import { isoTime } from './iso-time.js';

const LAST = 8_640_000_000_000_000;

describe('isoTime', () => {
  it.each([0, -1, 1, 86_399_999, 86_400_000, -86_400_000, 1_764_000_000_123, LAST, -LAST])(
    'formats %d like Date',
    (at) => {
      expect(isoTime(at)).toBe(new Date(at).toISOString());
    },
  );

  it('formats any instant like Date', () => {
    fc.assert(
      fc.property(fc.integer({ min: -LAST, max: LAST }), (at) => isoTime(at) === new Date(at).toISOString()),
      { numRuns: 5_000 },
    );
  });

  it('drops fractions of a millisecond', () => {
    expect(isoTime(1_764_000_000_123.999)).toBe('2025-11-24T16:00:00.123Z');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, LAST + 86_400_000])('throws for %d, like Date', (at) => {
    expect(() => isoTime(at)).toThrow(RangeError);
    expect(isoTime(0)).toBe('1970-01-01T00:00:00.000Z');
  });
});
