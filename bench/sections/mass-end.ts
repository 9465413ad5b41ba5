import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Bench } from '../bench-context.js';
import type { Section } from '../section.js';
import type { ServerProcess } from '../servers/server-process.js';
import { HttpClient } from '../service/http-client.js';
import { residentMiB } from '../service/resident-memory.js';
import { accessTokens, seedSessions } from '../service/seed-sessions.js';
import { startService } from '../service/service.js';
import { pacedLoop } from '../service/traffic.js';
import { quantile } from '../statistics.js';
import { type MassEndRound, reportMassEnd } from './mass-end-report.js';

const ENDS = 100_000;
/** Sessions of the mass that are checked, evenly spread over it. */
const PROBED = 50;
/** Sessions that stay active. */
const KEPT = 200;
const CHECKS_PER_SECOND = 200;
/** How long the statement stays uncommitted: at once, and longer than an instance looks back in time. */
const HOLD_MS = [0, 15_000] as const;
const PROBE_EVERY_MS = 20;
const GIVE_UP_MS = 120_000;
const MEMORY_EVERY_MS = 50;
/** Checks of other sessions are observed for this long after the last refusal. */
const AFTERMATH_MS = 5_000;

/** What an instance does when one statement by hand ends many sessions, and when it notices. */
export const massEnd: Section = {
  name: 'mass-end',
  async run(bench) {
    const rounds: MassEndRound[] = [];
    for (const holdMs of HOLD_MS) rounds.push(await measure(bench, bench.quick ? 2_000 : ENDS, holdMs));
    return reportMassEnd(rounds);
  },
};

async function measure(bench: Bench, ends: number, holdMs: number): Promise<MassEndRound> {
  const url = await bench.stores.createServiceDatabase();
  const ids = await seedSessions(url, ends + KEPT);
  const server = await startService(bench, url, { REDIS_URL: bench.stores.redisUrl });
  const client = new HttpClient(server.url, 16);
  try {
    const probed = ids.filter((_, at) => at < ends && at % Math.floor(ends / PROBED) === 0);
    const tokens = await accessTokens(client, probed);
    const kept = await accessTokens(client, ids.slice(ends));
    const memory = watchMemory(server);
    const others = checkOthers(client, kept);
    const committedAt = await endAtOnce(url, ids[ends] as string, holdMs);
    const refusedMs = await refusals(client, tokens, committedAt);
    await sleep(AFTERMATH_MS);
    const { checks, notGranted, p99Ms } = await others.stop();
    const { beforeMiB, peakMiB } = memory.stop();
    const round = { ends, holdMs, refusedMs, checks, notGranted, p99Ms, beforeMiB, peakMiB };
    bench.say(`  ${JSON.stringify({ ...round, refusedMs: Math.max(...refusedMs) })}`);
    return round;
  } finally {
    client.close();
    await server.stop();
  }
}

/** Ends all sessions with a lower id as an operator would. @returns when it was committed, by `performance.now()` */
async function endAtOnce(url: string, firstKept: string, holdMs: number): Promise<number> {
  const operator = new Client({ connectionString: url });
  await operator.connect();
  try {
    await operator.query('BEGIN');
    await operator.query(`UPDATE sessions SET status = 'revoked' WHERE status = 'active' AND id < $1`, [
      firstKept,
    ]);
    await sleep(holdMs);
    await operator.query('COMMIT');
    return performance.now();
  } finally {
    await operator.end();
  }
}

/** @returns when each token was refused, milliseconds after the commit */
async function refusals(
  client: HttpClient,
  tokens: readonly string[],
  committedAt: number,
): Promise<number[]> {
  const refusedMs: number[] = [];
  let granted = tokens;
  while (granted.length > 0) {
    if (performance.now() - committedAt > GIVE_UP_MS) throw new Error('ended sessions are still granted');
    const statuses = await Promise.all(
      granted.map(async (token) => (await client.send('GET', '/auth/me', { token })).status),
    );
    const now = performance.now() - committedAt;
    // A 503 grants nothing, but is no refusal either: it counts as one that is still due.
    refusedMs.push(...statuses.filter((status) => status === 401).map(() => now));
    granted = granted.filter((_, at) => statuses[at] !== 401);
    await sleep(PROBE_EVERY_MS);
  }
  return refusedMs;
}

function checkOthers(client: HttpClient, tokens: readonly string[]) {
  const times: number[] = [];
  let notGranted = 0;
  const check = async (index: number) => {
    const token = tokens[index % tokens.length] as string;
    const { status, ms } = await client.send('GET', '/auth/me', { token });
    times.push(ms);
    if (status !== 200) notGranted += 1;
  };
  const load = pacedLoop(check, CHECKS_PER_SECOND);
  return {
    async stop() {
      await load.stop();
      return { checks: times.length, notGranted, p99Ms: quantile(times, 0.99) };
    },
  };
}

function watchMemory({ pid }: ServerProcess) {
  const beforeMiB = residentMiB(pid);
  let peakMiB = beforeMiB;
  const timer = setInterval(() => {
    peakMiB = Math.max(peakMiB, residentMiB(pid));
  }, MEMORY_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return { beforeMiB, peakMiB };
    },
  };
}
