import { setTimeout as sleep } from 'node:timers/promises';
import { violationsOf } from './checker.js';
import { Cluster } from './cluster.js';
import type { Deployment } from './deployment.js';
import { FaultScript } from './fault-script.js';
import { runFinalCheck } from './final-check.js';
import { startGuardedServers } from './guarded-servers.js';
import type { History } from './history.js';
import { Nemesis } from './nemesis.js';
import type { PlannedFault } from './planned-fault.js';
import { Random } from './random.js';
import { Recorder } from './recorder.js';
import { progressLine } from './summary.js';
import type { Violation } from './violation.js';
import { Workload } from './workload.js';

export interface TortureOptions {
  /** How long faults are injected; starting, healing and the final check take additional time. */
  readonly seconds: number;
  readonly seed: number;
  readonly log: (line: string) => void;
  /** Starts a new cluster with the default servers if omitted. */
  readonly cluster?: Cluster;
  /** Faults to inject one after the other, in place of random ones; the run ends with them. */
  readonly faults?: readonly PlannedFault[];
  /** In place of the usual load. */
  readonly load?: { readonly users: number; readonly sessions: number; readonly clients: number };
}

const LOAD = { users: 30, sessions: 300, clients: 24 };

export interface TortureReport {
  readonly history: History;
  readonly violations: readonly Violation[];
}

const LONG_TRANSACTIONS = 0.15;
const INSTANCES = 3;
const PROGRESS_EVERY_MS = 5_000;
/** The default of the service. */
const TOKEN_TTL_MS = 900_000;
/** A lease plus a margin: revokes through a young instance take longer than usual. */
const SETTLE_MS = 4_000;
const P3_PASSED_MS = 3_000;

/** Three instances and one guarded server of each kind. */
export async function startTortureCluster(
  log: (line: string) => void,
  deployment?: Deployment,
): Promise<Cluster> {
  const cluster = await Cluster.start({ instances: INSTANCES, ...(deployment ? { deployment } : {}) });
  try {
    await startGuardedServers(cluster, log);
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/**
 * Runs clients against instances and guarded servers while a seeded nemesis injects faults, and checks what the clients
 * observed.
 */
export async function torture(options: TortureOptions): Promise<TortureReport> {
  const cluster = options.cluster ?? (await startTortureCluster(options.log));
  const recorder = new Recorder(cluster);
  try {
    const history = await run(cluster, recorder, options);
    return { history, violations: violationsOf(history) };
  } finally {
    recorder.stop();
    if (!options.cluster) await cluster.stop();
  }
}

async function run(cluster: Cluster, recorder: Recorder, options: TortureOptions): Promise<History> {
  const { seconds, seed, log } = options;
  const workload = new Workload(recorder, new Random(seed ^ 0x5eed), {
    ...{ instances: cluster.nodes.length, guarded: cluster.guarded, named: `tortured-${seed}` },
    ...{ ...(options.load ?? LOAD), thinkMs: 80, longTransactions: LONG_TRANSACTIONS },
  });
  await workload.settle();
  const servers = `${cluster.nodes.length} instances and ${cluster.guarded.length} guarded servers`;
  log(`${workload.live.length} sessions on ${servers}, seed ${seed}`);
  const oldSnapshot = cluster.deployment?.faults.redis ? '' : await cluster.keepSnapshot();
  const scene = { cluster, ended: workload.ended, oldSnapshot };
  const nemesis = options.faults
    ? new FaultScript(options.faults)
    : new Nemesis(scene, new Random(seed), cluster.deployment?.faults);
  const progress = setInterval(() => log(progressLine(recorder, nemesis)), PROGRESS_EVERY_MS);
  const working = workload.run();
  try {
    await Promise.race([working, sleep(SETTLE_MS)]);
    const breaking = nemesis.run();
    await Promise.race([working, breaking, sleep(seconds * 1_000)]);
    nemesis.stop();
    await Promise.race([working, breaking]);
    await cluster.recovered();
  } finally {
    nemesis.stop();
    workload.stop();
    clearInterval(progress);
  }
  await working;
  // After P3's bound the last revocations are enforced, so a grant in the final check is a real violation.
  await sleep(P3_PASSED_MS);
  log('healed; checking every session on every instance');
  const rows = await runFinalCheck(cluster, recorder, workload);
  workload.closeStreams();
  const { operations, streams, stalls } = recorder;
  const { graceMs } = cluster;
  return { operations, streams, stalls, faults: nemesis.faults, rows, tokenTtlMs: TOKEN_TTL_MS, graceMs };
}
