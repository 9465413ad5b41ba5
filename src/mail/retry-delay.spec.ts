import { retryDelayMs } from './retry-delay.js';

describe('retryDelayMs', () => {
  it('doubles from 2 seconds to 15 minutes', () => {
    expect([1, 2, 3, 4, 9, 10, 11, 500].map((attempts) => retryDelayMs(attempts, 0))).toEqual([
      2_000, 4_000, 8_000, 16_000, 512_000, 900_000, 900_000, 900_000,
    ]);
  });

  it('is shortened at random, by half at most', () => {
    expect([0, 0.5, 1].map((chance) => retryDelayMs(3, chance))).toEqual([8_000, 6_000, 4_000]);
  });
});
