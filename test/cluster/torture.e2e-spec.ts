import type { Cluster } from './history/cluster.js';
import { excerpts } from './history/excerpt.js';
import type { History } from './history/history.js';
import { startTortureCluster, torture } from './history/torture.js';

/** `npm run torture` runs longer, with any seed. */
const SECONDS = 40;

describe('the promises under torture', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startTortureCluster((line) => process.stderr.write(`${line}\n`));
  }, 180_000);
  afterAll(() => cluster.stop());

  it.each([7, 11])(
    'hold for every request while faults of seed %i are injected',
    async (seed) => {
      const { history, violations } = await torture({ seconds: SECONDS, seed, log: () => {}, cluster });
      expect(excerpts(history, violations.slice(0, 5))).toEqual([]);
      expectProgress(history);
    },
    600_000,
  );

  /** Without successful requests and actual faults the run proves nothing. */
  function expectProgress({ operations, streams, faults }: History): void {
    expect(faults.length).toBeGreaterThan(0);
    expect(operations.filter(({ kind, answer }) => kind === 'check' && answer?.status === 200)).not.toEqual(
      [],
    );
    expect(operations.filter(({ kind, answer }) => kind === 'revoke' && answer?.status === 204)).not.toEqual(
      [],
    );
    expect(operations.filter(({ guarded, answer }) => guarded && answer?.status === 200)).not.toEqual([]);
    expect(streams.filter(({ end }) => end === 'session_revoked')).not.toEqual([]);
  }
});
