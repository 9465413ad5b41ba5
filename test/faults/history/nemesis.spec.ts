import type { Cluster } from './cluster.js';
import { INSTANCE_FAULTS } from './instance-faults.js';
import { Nemesis } from './nemesis.js';
import { Random } from './random.js';
import { REDIS_FAULTS } from './redis-faults.js';

/** Planning looks at who is there and touches nothing. */
const cluster = {
  nodes: [0, 1, 2].map((index) => ({ index, redis: {}, postgres: {} })),
} as unknown as Cluster;

function rounds(seed: number, count: number) {
  const nemesis = new Nemesis({ cluster, ended: [], oldSnapshot: '' }, new Random(seed));
  return Array.from({ length: count }, () =>
    nemesis.plan().map(({ planned, delayMs, forMs }) => {
      const { name, withoutPostgres = [] } = planned;
      return { name, withoutPostgres, delayMs, forMs };
    }),
  );
}

describe('the nemesis', () => {
  it('does the same for the same seed, and something else for another', () => {
    expect(rounds(7, 40)).toEqual(rounds(7, 40));
    expect(rounds(7, 40)).not.toEqual(rounds(8, 40));
  });

  it('leaves nothing out', () => {
    const names = new Set(
      rounds(7, 60)
        .flat()
        .map(({ name }) => name),
    );
    expect(names.size).toBeGreaterThanOrEqual(REDIS_FAULTS.length + new Set(INSTANCE_FAULTS).size);
  });

  it('breaks nothing for longer than a client of a refresh may have to wait', () => {
    const longest = Math.max(...rounds(7, 60).flatMap((round) => round.map(({ forMs }) => forMs)));
    expect(longest).toBeLessThanOrEqual(8_000);
  });
});
