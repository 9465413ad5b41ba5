import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench-context.js';
import type { Check } from '../contenders/resource-server/caller.js';
import { Swarm } from '../guard-swarm/swarm.js';
import { warm } from '../interleaved-rounds.js';
import { query } from '../servers/query.js';
import type { ServerProcess } from '../servers/server-process.js';
import { ACCEPT_GUARDS } from '../service/guard-client.js';
import { HttpClient } from '../service/http-client.js';
import { residentMiB } from '../service/resident-memory.js';
import { accessTokens, seedSessions } from '../service/seed-sessions.js';
import { startService } from '../service/service.js';
import { median } from '../statistics.js';
import { ROUTE, startResourceServer } from './guarded-series.js';

const ENDS = 100_000;
const LIVE_SESSIONS = 1_000;
const STARTS = 3;
/** Until the memory of the last requests has been given back. */
const IDLE_MS = 2_000;

export interface GuardMemory {
  readonly ends: number;
  /** Resident memory in MiB of a Fastify server without a guard, with one, and with one that knows all ends. */
  readonly bareMiB: number;
  readonly emptyMiB: number;
  readonly fullMiB: number;
}

/** The memory that a guard adds to a resource server. */
export async function measureGuardMemory(bench: Bench): Promise<GuardMemory> {
  const ends = bench.quick ? 2_000 : ENDS;
  const url = await bench.stores.createServiceDatabase();
  const sessions = await seedSessions(url, LIVE_SESSIONS + ends);
  const live = sessions.slice(0, LIVE_SESSIONS);
  const credentialsFile = join(bench.directory, 'guard-memory-tokens');
  const measure = (check: Check, service: ServerProcess) =>
    measureServer(bench, check, service.url, credentialsFile);
  const withoutEnds = await withService(bench, url, async (service) => {
    await writeTokens(service, live, credentialsFile);
    return { bareMiB: await measure('none', service), emptyMiB: await measure('guard', service) };
  });
  await endAllBut(url, live);
  const fullMiB = await withService(bench, url, async (service) => {
    await requireEnds(service, ends);
    return measure('guard', service);
  });
  return { ends, ...withoutEnds, fullMiB };
}

async function withService<T>(
  bench: Bench,
  databaseUrl: string,
  act: (service: ServerProcess) => Promise<T>,
): Promise<T> {
  const service = await startService({ cores: null }, databaseUrl, ACCEPT_GUARDS);
  try {
    return await act(service);
  } finally {
    await service.stop();
    bench.say('  memory');
  }
}

async function writeTokens(service: ServerProcess, sessions: string[], file: string): Promise<void> {
  const client = new HttpClient(service.url, 16);
  const tokens = await accessTokens(client, sessions);
  client.close();
  writeFileSync(file, `${tokens.join('\n')}\n`);
}

/** As they would be after their revokes were enforced. */
async function endAllBut(databaseUrl: string, live: string[]): Promise<void> {
  await query(
    databaseUrl,
    `UPDATE sessions SET status = 'revoked', ended_at = now(), ended_reason = 'terminated', ended_by = 'bench',
       enforced_at = now() WHERE id <> ALL ($1::uuid[])`,
    [live],
  );
}

/** @throws if a guard of this service does not learn of so many ends */
async function requireEnds(service: ServerProcess, ends: number): Promise<void> {
  const swarm = await Swarm.start(1, [service.url]);
  const { fewestEnds } = await swarm.report();
  await swarm.stop();
  if (fewestEnds < ends) throw new Error(`the guard has learned of ${fewestEnds} of ${ends} ends`);
}

/** The median over several starts, each after some load and a pause. */
async function measureServer(
  bench: Bench,
  check: Check,
  service: string,
  credentialsFile: string,
): Promise<number> {
  const measured: number[] = [];
  for (let start = 0; start < (bench.quick ? 1 : STARTS); start++) {
    const { server } = await startResourceServer(bench, 'fastify', check, { service });
    try {
      await warm({ name: check, running: { server, credentialsFile }, route: ROUTE }, bench.quick ? 1 : 5);
      await sleep(IDLE_MS);
      measured.push(residentMiB(server.pid));
    } finally {
      await server.stop();
    }
  }
  return median(measured);
}
