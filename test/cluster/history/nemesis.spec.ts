import type { Cluster } from './cluster.js';
import { GUARD_FAULTS } from './guard-faults.js';
import { INSTANCE_FAULTS } from './instance-faults.js';
import { Nemesis } from './nemesis.js';
import { Random } from './random.js';
import { REDIS_FAULTS } from './redis-faults.js';

/** Planning only reads the lists of servers. */
const cluster = {
  nodes: [0, 1, 2].map((index) => ({ index, redis: {}, postgres: {} })),
  guarded: [100, 101].map((index) => ({ index, links: [{}, {}, {}] })),
} as unknown as Cluster;

function rounds(seed: number, count: number) {
  const nemesis = new Nemesis({ cluster, ended: [], oldSnapshot: '' }, new Random(seed));
  return Array.from({ length: count }, () =>
    nemesis.plan().map(({ planned, delayMs, forMs }) => {
      const { name, withoutPostgres = [], guarded = [] } = planned;
      return { name, withoutPostgres, guarded, delayMs, forMs };
    }),
  );
}

describe('the nemesis', () => {
  it('plans the same faults for the same seed and others for another seed', () => {
    expect(rounds(7, 40)).toEqual(rounds(7, 40));
    expect(rounds(7, 40)).not.toEqual(rounds(8, 40));
  });

  it('plans every kind of fault', () => {
    const names = new Set(
      rounds(7, 60)
        .flat()
        .map(({ name }) => name),
    );
    expect(names.size).toBeGreaterThanOrEqual(
      REDIS_FAULTS.length + new Set([...INSTANCE_FAULTS, ...GUARD_FAULTS]).size,
    );
  });

  it('keeps every fault shorter than the time a refreshing client waits', () => {
    const longest = Math.max(...rounds(7, 60).flatMap((round) => round.map(({ forMs }) => forMs)));
    expect(longest).toBeLessThanOrEqual(8_000);
  });
});
