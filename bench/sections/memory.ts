import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { freePort } from '../../test/support/free-port.js';
import type { Bench } from '../bench-context.js';
import type { Section, SectionResult } from '../section.js';
import { query } from '../servers/query.js';
import { HttpClient } from '../service/http-client.js';
import { counterSum } from '../service/metrics.js';
import { residentMiB } from '../service/resident-memory.js';
import { accessTokens, seedSessions } from '../service/seed-sessions.js';
import { startService } from '../service/service.js';

const SESSIONS = 100_000;
const FORGED_TOKENS = 50_000;
const CHECKS = 50_000;
const CHECKED_SESSIONS = 100;
const TARGET_MIB = 300;
/** Two flush intervals of `last_seen_at`. */
const FLUSHED_MS = 21_000;
/** A Postgres backend reports its statistics at most once a second, and only while it is idle. */
const STATISTICS_DELAY_MS = 1_500;

interface MemoryFigures {
  readonly sessions: number;
  readonly forgedTokens: number;
  readonly checks: number;
  readonly startedMiB: number;
  readonly warmMiB: number;
  readonly floodedMiB: number;
  readonly redisBytes: number;
  /** Of 1,000 checks of warm sessions after the forged tokens: those that the memory cache did not answer. */
  readonly misses: number;
  readonly rowsWritten: number;
}

/** Memory per cached session, whether forged tokens evict cached sessions, and how many rows session checks write. */
export const memory: Section = {
  name: 'memory',
  async run(bench) {
    return reportMemory(await measureMemory(bench));
  },
};

async function measureMemory(bench: Bench): Promise<MemoryFigures> {
  const sessions = bench.quick ? 2_000 : SESSIONS;
  const forgedTokens = bench.quick ? 2_000 : FORGED_TOKENS;
  const checks = bench.quick ? 5_000 : CHECKS;
  const url = await bench.stores.createServiceDatabase();
  const ids = await seedSessions(url, sessions);
  const metricsPort = await freePort();
  const server = await startService(bench, url, {
    REDIS_URL: bench.stores.redisUrl,
    TRUST_PROXY: 'true',
    METRICS_PORT: String(metricsPort),
  });
  const client = new HttpClient(server.url, 32);
  const sendAll = (status: number, tokens: readonly string[]) =>
    forEachConcurrently(tokens, (token) => client.expect(status, 'GET', '/auth/me', { token }));
  try {
    const startedMiB = residentMiB(server.pid);
    const redisBefore = await redisMemoryBytes(bench.stores.redisUrl);
    const tokens = await accessTokens(client, ids);
    await sendAll(200, tokens);
    await sleep(FLUSHED_MS);
    const warmMiB = residentMiB(server.pid);
    const redisBytes = (await redisMemoryBytes(bench.stores.redisUrl)) - redisBefore;

    await sendAll(401, repeat(tokens, forgedTokens).map(forge));
    const floodedMiB = residentMiB(server.pid);
    const missesBefore = await memoryCacheMisses(metricsPort);
    await sendAll(200, tokens.slice(0, 1_000));
    const misses = (await memoryCacheMisses(metricsPort)) - missesBefore;

    const writesBefore = await sessionRowsWritten(url);
    await sendAll(200, repeat(tokens.slice(0, CHECKED_SESSIONS), checks));
    await sleep(FLUSHED_MS / 2);
    const rowsWritten = (await sessionRowsWritten(url)) - writesBefore;
    return {
      ...{ sessions, forgedTokens, checks },
      ...{ startedMiB, warmMiB, floodedMiB, redisBytes, misses, rowsWritten },
    };
  } finally {
    client.close();
    await server.stop();
  }
}

export function reportMemory(figures: MemoryFigures): SectionResult {
  const { sessions, startedMiB, warmMiB, floodedMiB, redisBytes, misses, rowsWritten } = figures;
  const count = (value: number) => value.toLocaleString('en');
  const mib = (value: number) => `${value.toFixed(0)} MiB`;
  return {
    title: 'Memory and writes',
    notes: [
      `One production instance with Redis. Each of ${count(sessions)} sessions is refreshed once and checked once, which caches it ("warm"). Then ${count(figures.forgedTokens)} forged tokens are sent, each for a session that does not exist. Finally ${count(figures.checks)} checks are spread over ${CHECKED_SESSIONS} sessions, to count the rows that they write.`,
    ],
    tables: [
      {
        columns: ['', ''],
        rows: [
          ['resident memory after start', mib(startedMiB)],
          [`resident memory with ${count(sessions)} warm sessions`, mib(warmMiB)],
          ['process memory per session', `${(((warmMiB - startedMiB) * 2 ** 20) / sessions).toFixed(0)} B`],
          ['Redis memory per session', `${(redisBytes / sessions).toFixed(0)} B`],
          [`resident memory after ${count(figures.forgedTokens)} forged tokens`, mib(floodedMiB)],
          ['warm sessions no longer in memory after that, of 1,000', String(misses)],
          [
            `session rows written by ${count(figures.checks)} checks of ${CHECKED_SESSIONS} sessions`,
            String(rowsWritten),
          ],
        ],
      },
    ],
    targets: [
      {
        claim: `resident memory with ${count(sessions)} warm sessions`,
        measured: warmMiB,
        bound: 'at most',
        target: TARGET_MIB,
        unit: 'MiB',
      },
      {
        claim: 'warm sessions that forged tokens evict from memory, of 1,000',
        measured: misses,
        bound: 'at most',
        target: 0,
      },
      {
        claim: 'session rows written per check',
        measured: rowsWritten / figures.checks,
        bound: 'at most',
        target: 0.05,
      },
    ],
  };
}

/** @returns `count` items, those of `items` in rotation */
function repeat(items: readonly string[], count: number): string[] {
  return Array.from({ length: count }, (_, index) => items[index % items.length] as string);
}

/** @returns a token of the same shape for a session that does not exist; its signature does not match */
function forge(token: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const forged = JSON.stringify({ ...claims, sid: randomUUID(), sub: randomUUID() });
  return `${header}.${Buffer.from(forged).toString('base64url')}.${signature}`;
}

async function forEachConcurrently<T>(items: readonly T[], act: (item: T) => Promise<unknown>) {
  let next = 0;
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      while (next < items.length) await act(items[next++] as T);
    }),
  );
}

async function memoryCacheMisses(metricsPort: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
  return counterSum(
    await response.text(),
    'latchkey_session_lookups_total',
    (line) => !line.includes('tier="memory"'),
  );
}

async function sessionRowsWritten(url: string): Promise<number> {
  await sleep(STATISTICS_DELAY_MS);
  const [row] = await query<{ n: number }>(
    url,
    `SELECT (n_tup_ins + n_tup_upd + n_tup_del)::float8 AS n FROM pg_stat_user_tables WHERE relname = 'sessions'`,
  );
  return row?.n ?? Number.NaN;
}

async function redisMemoryBytes(url: string): Promise<number> {
  const client = createClient({ url });
  await client.connect();
  const bytes = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
  await client.quit();
  return bytes;
}
