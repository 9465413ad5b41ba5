import { awaited } from './pool-metrics.js';

const pool = (totalCount: number, idleCount: number, waitingCount: number) =>
  awaited({ totalCount, idleCount, waitingCount, options: { max: 10 } as never });

describe('the statements that wait for a connection', () => {
  it('are those that wait while every connection is busy', () => {
    expect(pool(10, 0, 7)).toBe(7);
  });

  it.each([
    ['is idle', 10, 1],
    ['can be opened', 9, 0],
    ['was never opened', 0, 0],
  ])('do not count while a connection %s', (_, total, idle) => {
    expect(pool(total, idle, 1)).toBe(0);
  });
});
