import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../test/support/free-port.js';
import type { Section } from '../section.js';
import { query } from '../servers/query.js';
import { HttpClient } from '../service/http-client.js';
import { counterSum } from '../service/metrics.js';
import { residentMiB } from '../service/resident-memory.js';
import { accessTokens, seedSessions } from '../service/seed-sessions.js';
import { startService } from '../service/service.js';

const SESSIONS = 100_000;
const FLOOD = 50_000;
const TARGET_MIB = 300;
/** Two flushes of last uses. */
const FLUSHED_MS = 21_000;

/** What warm sessions take, what strangers add to it, and what a check writes. */
export const memory: Section = {
  name: 'memory',
  async run(bench) {
    const count = bench.quick ? 2_000 : SESSIONS;
    const url = await bench.stores.createServiceDatabase();
    const sessions = await seedSessions(url, count);
    const metricsPort = await freePort();
    const server = await startService(bench, url, {
      REDIS_URL: bench.stores.redisUrl,
      TRUST_PROXY: 'true',
      METRICS_PORT: String(metricsPort),
    });
    const client = new HttpClient(server.url, 32);
    try {
      const cold = residentMiB(server.pid);
      const redisBefore = await redisBytes(bench.stores.redisUrl);
      const tokens = await accessTokens(client, sessions);
      await eachOf(tokens, (token) => client.expect(200, 'GET', '/auth/me', { token }));
      await sleep(FLUSHED_MS);
      const warm = residentMiB(server.pid);
      const redis = (await redisBytes(bench.stores.redisUrl)) - redisBefore;
      const strangers = Array.from({ length: bench.quick ? 2_000 : FLOOD }, (_, at) =>
        forged(tokens[at % tokens.length] as string),
      );
      await eachOf(strangers, (token) => client.expect(401, 'GET', '/auth/me', { token }));
      const flooded = residentMiB(server.pid);
      const missesBefore = await missesOf(metricsPort);
      await eachOf(tokens.slice(0, 1_000), (token) => client.expect(200, 'GET', '/auth/me', { token }));
      const missed = (await missesOf(metricsPort)) - missesBefore;
      const writesBefore = await sessionWrites(url);
      const checks = bench.quick ? 5_000 : 50_000;
      await eachOf(
        Array.from({ length: checks }, (_, at) => tokens[at % 100] as string),
        (token) => client.expect(200, 'GET', '/auth/me', { token }),
      );
      await sleep(FLUSHED_MS / 2);
      const writes = (await sessionWrites(url)) - writesBefore;
      const mib = (value: number) => `${value.toFixed(0)} MiB`;
      return {
        title: 'Memory and writes',
        notes: [
          `One instance in production with Redis; ${count.toLocaleString('en')} sessions, each refreshed once and checked once.`,
        ],
        tables: [
          {
            columns: ['', ''],
            rows: [
              ['resident after the start', mib(cold)],
              [`resident with ${count.toLocaleString('en')} warm sessions`, mib(warm)],
              ['per session in the process', `${(((warm - cold) * 2 ** 20) / count).toFixed(0)} B`],
              ['per session in Redis', `${(redis / count).toFixed(0)} B`],
              [`resident after ${strangers.length.toLocaleString('en')} forged tokens`, mib(flooded)],
              ['of 1,000 checks of warm sessions after that, not from memory', String(missed)],
              [
                `rows of sessions written by ${checks.toLocaleString('en')} checks of 100 sessions`,
                String(writes),
              ],
            ],
          },
        ],
        targets: [
          {
            claim: `resident with ${count.toLocaleString('en')} warm sessions`,
            measured: warm,
            bound: 'at most',
            target: TARGET_MIB,
            unit: 'MiB',
          },
          {
            claim: 'warm sessions that forged tokens push out, of 1,000',
            measured: missed,
            bound: 'at most',
            target: 0,
          },
          { claim: 'rows written per check', measured: writes / checks, bound: 'at most', target: 0.05 },
        ],
      };
    } finally {
      client.close();
      await server.stop();
    }
  },
};

/** A token of the same shape, of a session that there is not, with a signature that is none. */
function forged(token: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const made = Buffer.from(JSON.stringify({ ...claims, sid: randomUUID(), sub: randomUUID() })).toString(
    'base64url',
  );
  return `${header}.${made}.${signature}`;
}

async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      while (next < items.length) await act(items[next++] as T);
    }),
  );
}

/** Sessions that were not in memory when they were looked for. */
async function missesOf(metricsPort: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
  return counterSum(
    await answer.text(),
    'latchkey_session_lookups_total',
    (line) => !line.includes('tier="memory"'),
  );
}

async function sessionWrites(url: string): Promise<number> {
  await told();
  const [row] = await query<{ n: number }>(
    url,
    `SELECT (n_tup_ins + n_tup_upd + n_tup_del)::float8 AS n FROM pg_stat_user_tables WHERE relname = 'sessions'`,
  );
  return row?.n ?? Number.NaN;
}

/** A backend tells of what it has done at most once a second, and when it is idle. */
function told(): Promise<void> {
  return sleep(1_500);
}

async function redisBytes(url: string): Promise<number> {
  const { createClient } = await import('@redis/client');
  const client = createClient({ url });
  await client.connect();
  const bytes = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
  await client.quit();
  return bytes;
}
