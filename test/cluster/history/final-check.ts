import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.js';
import type { ObservedAnswer, SessionRow } from './history.js';
import type { Recorder } from './recorder.js';
import type { Workload } from './workload.js';

const CONCURRENCY = 16;
const TRIES = 30;
const RETRY_EVERY_MS = 1_000;

interface CheckedServers extends Pick<Cluster, 'sql'> {
  readonly nodes: readonly { readonly index: number }[];
  readonly guarded: readonly { readonly index: number }[];
}

/** After every fault was healed: checks every session on every instance and guarded server, and reads the rows in Postgres. */
export async function runFinalCheck(
  cluster: CheckedServers,
  recorder: Recorder,
  workload: Workload,
): Promise<Map<string, SessionRow>> {
  recorder.isFinalCheck = true;
  const allInstances = cluster.nodes.map(({ index }) => index);
  const allServers = [...allInstances, ...cluster.guarded.map(({ index }) => index)];
  const tasks = [...workload.live, ...workload.ended].map((session) => async () => {
    const first = allInstances[session.id.charCodeAt(session.id.length - 1) % allInstances.length] ?? 0;
    if (workload.canRefresh(session)) await retryUntilAnswered(() => recorder.refresh(first, session));
    for (const index of allServers) await retryUntilAnswered(() => recorder.check(index, session));
  });
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (let task = tasks.pop(); task; task = tasks.pop()) await task();
    }),
  );
  return readRows(cluster);
}

/** A service that was just healed may answer with 503 for a while. */
async function retryUntilAnswered(request: () => Promise<ObservedAnswer | null>): Promise<void> {
  for (let tries = 1; tries <= TRIES; tries++) {
    const answer = await request();
    if (answer !== null && answer.status !== 503) return;
    await sleep(RETRY_EVERY_MS);
  }
}

async function readRows(cluster: CheckedServers): Promise<Map<string, SessionRow>> {
  const rows = await cluster.sql<{ id: string; status: string; confirmed_after: number | null }>(
    `SELECT id, status, (extract(epoch FROM enforced_at - ended_at) * 1000)::float8 AS confirmed_after FROM sessions`,
  );
  return new Map(rows.map((row) => [row.id, { status: row.status, confirmedAfterMs: row.confirmed_after }]));
}
