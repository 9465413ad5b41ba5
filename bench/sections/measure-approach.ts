import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench-context.js';
import { loadTargetOf, type Route, type RunningContender, startContender } from '../contenders/contender.js';
import { openPrivateStores } from '../servers/stores.js';
import type { Approach } from './approaches.js';
import { type ProbeResult, probe } from './probe.js';

const SESSIONS = 20;
/** What was granted this long after its end counts as never refused. */
const GIVE_UP_MS = 20_000;
const OUTAGE_MS = 3_000;
/** Latchkey's lease, and the first heartbeats: before that it takes longer to be sure of the others. */
const SETTLE_MS = 5_000;

export interface Measurement {
  /** From the answer to the end of a session until it was first refused; `null`: cannot be ended. */
  readonly refusedAfterMs: number | null;
  /** `null`: it has no such store. */
  readonly withoutRedis: Outage | null;
  readonly withoutPostgres: Outage | null;
}

/** Answers to a session in use, once a store is gone. */
export interface Outage {
  readonly granted: number;
  readonly asked: number;
  /** Of the refusals; 0 where no answer came. */
  readonly statuses: readonly number[];
  readonly slowestMs: number;
}

export async function measureApproach(bench: Bench, approach: Approach): Promise<Measurement> {
  const stores = await openPrivateStores();
  const running = await startContender({ ...bench, stores, sessions: SESSIONS }, approach.contender);
  try {
    await sleep(SETTLE_MS);
    const [first = '', second = ''] = readFileSync(running.credentialsFile, 'utf8').split('\n');
    await requireGrant(running, approach.route, first);
    const refusedAfterMs = approach.end && (await endAndPoll(running, approach.route, approach.end, first));
    await requireGrant(running, approach.route, second);
    const without = async (store: 'postgres' | 'redis') => {
      await stores[store].kill();
      return outage(running, approach.route, second);
    };
    // A Redis that comes back is empty, so it goes last.
    const withoutPostgres = approach.usesPostgres ? await without('postgres') : null;
    if (withoutPostgres) {
      await stores.postgres.start();
      await sleep(SETTLE_MS);
    }
    return {
      refusedAfterMs,
      withoutPostgres,
      withoutRedis: approach.usesRedis ? await without('redis') : null,
    };
  } finally {
    await running.server.stop('SIGKILL');
    await stores.release();
  }
}

async function endAndPoll(
  running: RunningContender,
  route: Route,
  end: Route,
  credential: string,
): Promise<number> {
  const ended = await probe(loadTargetOf(running, end), credential);
  if (ended.status === null || ended.status >= 300) throw new Error(`${end.path} answered ${ended.status}`);
  const endedAt = performance.now();
  while (performance.now() - endedAt < GIVE_UP_MS) {
    const askedAt = performance.now();
    const { granted } = await probe(loadTargetOf(running, route), credential);
    if (!granted) return askedAt - endedAt;
    await sleep(20);
  }
  return Number.POSITIVE_INFINITY;
}

async function outage(running: RunningContender, route: Route, credential: string): Promise<Outage> {
  const answers: ProbeResult[] = [];
  const until = performance.now() + OUTAGE_MS;
  while (performance.now() < until) {
    answers.push(await probe(loadTargetOf(running, route), credential));
    await sleep(50);
  }
  const refused = answers.filter(({ granted }) => !granted);
  return {
    granted: answers.length - refused.length,
    asked: answers.length,
    statuses: [...new Set(refused.map(({ status }) => status ?? 0))],
    slowestMs: Math.max(...answers.map(({ ms }) => ms)),
  };
}

async function requireGrant(running: RunningContender, route: Route, credential: string): Promise<void> {
  const { granted, status } = await probe(loadTargetOf(running, route), credential);
  if (!granted)
    throw new Error(`${route.path} answered ${status} to a good credential\n${running.server.output}`);
}
