import { setTimeout as sleep } from 'node:timers/promises';
import { violationsOf } from '../history/checker.js';
import { excerpts } from '../history/excerpt.js';
import { runFinalCheck } from '../history/final-check.js';
import type { History, Operation } from '../history/history.js';
import { Random } from '../history/random.js';
import { Recorder } from '../history/recorder.js';
import { Workload } from '../history/workload.js';
import type { BaseVersion } from './base-version.js';
import { UpgradedService } from './upgraded-service.js';

const INSTANCES = 2;
/** P3's bound: from then on the last revocations are enforced. */
const ENFORCED_MS = 1_500;
const TOKEN_TTL_MS = 900_000;
const GRACE_MS = 300_000;

export interface UpgradeOptions {
  /** Traffic in each state: the base version on both schemas, both versions, and this one. */
  readonly stateMs: number;
  readonly log: (line: string) => void;
}

/** A change, with the traffic until the next one. */
export interface UpgradeStep {
  readonly name: string;
  /** By the monotonic clock. */
  readonly startedAt: number;
}

export interface UpgradeReport {
  readonly steps: readonly UpgradeStep[];
  readonly operations: readonly Operation[];
  /** Requests without an answer, and errors of the server. A refusal is judged by the rules. */
  readonly failed: readonly string[];
  /** How the service broke its promises. */
  readonly violations: readonly string[];
}

/** Applies the migrations of this version and replaces each instance, under traffic. */
export async function upgradeUnderTraffic(
  base: BaseVersion,
  options: UpgradeOptions,
): Promise<UpgradeReport> {
  const service = await UpgradedService.start(base, INSTANCES);
  const recorder = new Recorder(service);
  try {
    const { steps, history } = await upgrade(service, recorder, options);
    return {
      steps,
      operations: history.operations,
      failed: history.operations.filter(isFailed).map(failureText),
      violations: excerpts(history, violationsOf(history)),
    };
  } finally {
    recorder.stop();
    await service.stop();
  }
}

async function upgrade(
  service: UpgradedService,
  recorder: Recorder,
  { stateMs, log }: UpgradeOptions,
): Promise<{ steps: UpgradeStep[]; history: History }> {
  const steps: UpgradeStep[] = [];
  const workload = new Workload(recorder, new Random(3), {
    ...{ instances: INSTANCES, guarded: [], users: 12, named: 'upgraded' },
    ...{ sessions: 80, clients: 10, thinkMs: 80 },
  });
  await workload.settle();
  const working = workload.run();
  const changes: [string, () => Promise<unknown>][] = [
    ['the base version serves', async () => {}],
    ['migrations', async () => log((await service.migrate()).trim())],
    ...service.nodes.map(({ index }): [string, () => Promise<unknown>] => [
      `instance ${index} is replaced`,
      () => service.replace(index),
    ]),
  ];
  try {
    for (const [name, change] of changes) {
      steps.push({ name, startedAt: performance.now() });
      await Promise.race([working, change()]);
      log(`${name}: ${recorder.operations.length} requests so far`);
      await Promise.race([working, sleep(stateMs)]);
    }
  } finally {
    workload.stop();
  }
  await working;
  await sleep(ENFORCED_MS);
  const rows = await runFinalCheck(service, recorder, workload);
  const { operations, streams, stalls } = recorder;
  const times = { tokenTtlMs: TOKEN_TTL_MS, graceMs: GRACE_MS };
  return { steps, history: { operations, streams, stalls, faults: [], rows, ...times } };
}

export function isFailed({ answer }: Operation): boolean {
  return answer === null || answer.status >= 500;
}

function failureText({ kind, instance, answer, startedAt, endedAt }: Operation): string {
  const result = answer ? `${answer.status} ${answer.code ?? ''}` : 'no answer';
  return `${kind} at instance ${instance}: ${result} after ${Math.round(endedAt - startedAt)} ms`;
}
