import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.js';
import type { ObservedAnswer, SessionRow } from './history.js';
import type { Recorder } from './recorder.js';
import type { Workload } from './workload.js';

const AT_ONCE = 16;
const TRIES = 30;
const TRY_AGAIN_MS = 1_000;

/** After everything was healed: asks every instance about every session, and Postgres for its rows. */
export async function close(
  cluster: Cluster,
  recorder: Recorder,
  workload: Workload,
): Promise<Map<string, SessionRow>> {
  recorder.isFinalCheck = true;
  const allInstances = cluster.nodes.map(({ index }) => index);
  const questions = [...workload.live, ...workload.ended].map((session) => async () => {
    const first = allInstances[session.id.charCodeAt(session.id.length - 1) % allInstances.length] ?? 0;
    if (workload.canRefresh(session)) await insist(() => recorder.refresh(first, session));
    for (const index of allInstances) await insist(() => recorder.check(index, session));
  });
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let ask = questions.pop(); ask; ask = questions.pop()) await ask();
    }),
  );
  return rowsOf(cluster);
}

/** A service that was just healed may put a client off for a while. */
async function insist(ask: () => Promise<ObservedAnswer | null>): Promise<void> {
  for (let tries = 1; tries <= TRIES; tries++) {
    const answer = await ask();
    if (answer !== null && answer.status !== 503) return;
    await sleep(TRY_AGAIN_MS);
  }
}

async function rowsOf(cluster: Cluster): Promise<Map<string, SessionRow>> {
  const rows = await cluster.sql<{ id: string; status: string; confirmed_after: number | null }>(
    `SELECT id, status, (extract(epoch FROM enforced_at - ended_at) * 1000)::float8 AS confirmed_after FROM sessions`,
  );
  return new Map(rows.map((row) => [row.id, { status: row.status, confirmedAfterMs: row.confirmed_after }]));
}
