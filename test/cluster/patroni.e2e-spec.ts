import { setTimeout as sleep } from 'node:timers/promises';
import { hasPatroni, type PatroniCluster } from '../support/patroni/patroni-cluster.js';
import { violationsOf } from './history/checker.js';
import { Cluster } from './history/cluster.js';
import { excerpts } from './history/excerpt.js';
import { runFinalCheck } from './history/final-check.js';
import type { Fault, History } from './history/history.js';
import { startPatroniDeployment } from './history/patroni-deployment.js';
import { Random } from './history/random.js';
import { Recorder } from './history/recorder.js';
import { Workload } from './history/workload.js';

const describeIfFound = (await hasPatroni()) ? describe : describe.skip;

/** The default of the service. */
const TOKEN_TTL_MS = 900_000;
/** Traffic before each change of the primary, and after the last one. */
const TRAFFIC_MS = 1_500;
/** Of the requests while there is a primary: a busy machine may answer later than the second that a read waits for. */
const UNANSWERED = 0.01;
/** P3's bound: from then on the last revocations are enforced. */
const ENFORCED_MS = 1_500;

/** `npm run torture -- --on patroni` runs longer, with other faults. */
describeIfFound('two instances on Postgres with Patroni, behind HAProxy', () => {
  let postgres: PatroniCluster;
  let cluster: Cluster;

  beforeAll(async () => {
    const deployment = await startPatroniDeployment(2);
    ({ postgres } = deployment);
    cluster = await Cluster.start({ instances: 2, deployment });
    await cluster.recovered();
  }, 180_000);
  afterAll(async () => {
    await cluster?.stop();
    await postgres?.dispose();
  });

  it('keep every promise during a switchover and after a primary has died, and answer 503 only meanwhile', async () => {
    const recorder = new Recorder(cluster);
    const workload = new Workload(recorder, new Random(5), {
      ...{ instances: 2, guarded: [], users: 6, named: 'patroni', sessions: 40, clients: 8, thinkMs: 60 },
    });
    const faults: Fault[] = [];
    const duringFault = async (name: string, change: () => Promise<unknown>) => {
      const startedAt = performance.now();
      await change();
      await cluster.recovered();
      faults.push({ name, startedAt, endedAt: performance.now(), withoutPostgres: [0, 1] });
    };
    await workload.settle();
    const working = workload.run();
    try {
      const former = await postgres.primary();
      await sleep(TRAFFIC_MS);
      await duringFault('switchover', () => postgres.switchOver());
      const current = await postgres.primary();
      expect(current).not.toBe(former);
      await postgres.replicates();
      await sleep(TRAFFIC_MS);
      await duringFault('the primary dies', async () => {
        await current.kill();
        await postgres.primary();
      });
      expect(await postgres.primary()).toBe(former);
      await sleep(TRAFFIC_MS);
    } finally {
      workload.stop();
    }
    await working;
    await sleep(ENFORCED_MS);
    const rows = await runFinalCheck(cluster, recorder, workload);
    recorder.stop();

    const { operations, streams, stalls } = recorder;
    const { graceMs } = cluster;
    const history = { operations, streams, stalls, faults, rows, graceMs, tokenTtlMs: TOKEN_TTL_MS };
    const violations = violationsOf(history);
    expect(excerpts(history, violations.slice(0, 3))).toEqual([]);
    const without = unanswered(history);
    expect(without.length > UNANSWERED * operations.length ? without : []).toEqual([]);
    for (const fault of faults) {
      const during = operations.filter(
        ({ startedAt, endedAt }) => startedAt > fault.startedAt && endedAt < fault.endedAt,
      );
      expect(during).toContainEqual(
        expect.objectContaining({ kind: 'check', answer: expect.objectContaining({ status: 200 }) }),
      );
    }
    expect(operations).toContainEqual(
      expect.objectContaining({ kind: 'revoke', answer: expect.objectContaining({ status: 204 }) }),
    );
  }, 300_000);
});

/** Requests without an answer, or with 503, while there was a primary; with the time since each fault, in milliseconds. */
function unanswered({ operations, faults }: History) {
  return operations
    .filter(
      ({ answer, startedAt, endedAt }) =>
        (answer === null || answer.status === 503) &&
        faults.every((fault) => endedAt < fault.startedAt || startedAt > fault.endedAt),
    )
    .map((operation) => ({ operation, since: faults.map(({ endedAt }) => operation.startedAt - endedAt) }));
}
