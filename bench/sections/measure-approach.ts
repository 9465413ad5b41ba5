import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench-context.js';
import { loadTargetOf, type Route, type RunningContender, startContender } from '../contenders/contender.js';
import { openPrivateStores } from '../servers/stores.js';
import type { Approach } from './approaches.js';
import { type ProbeResult, probe } from './probe.js';

const SESSIONS = 20;
/** A credential that is still granted this long after its revocation counts as never refused. */
const GIVE_UP_MS = 20_000;
const OUTAGE_MS = 3_000;
/** Latchkey's lease and its first heartbeats: until then, a revoke has to wait for the leases of other instances. */
const SETTLE_MS = 5_000;

export interface Measurement {
  /** From the answer to the revocation until the first refusal; `null` if the approach cannot revoke a session. */
  readonly refusedAfterMs: number | null;
  /** `null` if the approach does not use that store. */
  readonly withoutRedis: Outage | null;
  readonly withoutPostgres: Outage | null;
}

/** Answers to the requests of one session while a store is down. */
export interface Outage {
  readonly granted: number;
  readonly requests: number;
  /** Of the requests that were not granted; 0 stands for a request without an answer. */
  readonly statuses: readonly number[];
  readonly slowestMs: number;
}

export async function measureApproach(bench: Bench, approach: Approach): Promise<Measurement> {
  const stores = await openPrivateStores();
  const running = await startContender({ ...bench, stores, sessions: SESSIONS }, approach.contender);
  const { route, revoke } = approach;
  try {
    await sleep(SETTLE_MS);
    const [first = '', second = ''] = readFileSync(running.credentialsFile, 'utf8').split('\n');
    await requireGrant(running, route, first);
    const refusedAfterMs = revoke && (await revokeAndPoll(running, route, revoke, first));
    await requireGrant(running, route, second);
    const measureOutage = async (store: 'postgres' | 'redis') => {
      await stores[store].kill();
      return requestDuringOutage(running, route, second);
    };
    // Redis is killed last: it would come back without the sessions that it stored.
    const withoutPostgres = approach.usesPostgres ? await measureOutage('postgres') : null;
    if (withoutPostgres) {
      await stores.postgres.start();
      await sleep(SETTLE_MS);
    }
    const withoutRedis = approach.usesRedis ? await measureOutage('redis') : null;
    return { refusedAfterMs, withoutPostgres, withoutRedis };
  } finally {
    await running.server.stop('SIGKILL');
    await stores.release();
  }
}

/** @returns milliseconds from the answer to the revocation until the first refused request was sent */
async function revokeAndPoll(
  running: RunningContender,
  route: Route,
  revoke: Route,
  credential: string,
): Promise<number> {
  const { status } = await probe(loadTargetOf(running, revoke), credential);
  if (status === null || status >= 300) throw new Error(`${revoke.path} answered ${status}`);
  const revokedAt = performance.now();
  while (performance.now() - revokedAt < GIVE_UP_MS) {
    const sentAt = performance.now();
    const { granted } = await probe(loadTargetOf(running, route), credential);
    if (!granted) return sentAt - revokedAt;
    await sleep(20);
  }
  return Number.POSITIVE_INFINITY;
}

async function requestDuringOutage(
  running: RunningContender,
  route: Route,
  credential: string,
): Promise<Outage> {
  const results: ProbeResult[] = [];
  const endsAt = performance.now() + OUTAGE_MS;
  while (performance.now() < endsAt) {
    results.push(await probe(loadTargetOf(running, route), credential));
    await sleep(50);
  }
  const refused = results.filter(({ granted }) => !granted);
  return {
    granted: results.length - refused.length,
    requests: results.length,
    statuses: [...new Set(refused.map(({ status }) => status ?? 0))],
    slowestMs: Math.max(...results.map(({ ms }) => ms)),
  };
}

async function requireGrant(running: RunningContender, route: Route, credential: string): Promise<void> {
  const { granted, status } = await probe(loadTargetOf(running, route), credential);
  if (!granted) {
    throw new Error(`${route.path} answered ${status} to a valid credential\n${running.server.output}`);
  }
}
