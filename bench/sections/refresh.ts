import { execFile } from 'node:child_process';
import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ROTATE } from '../../src/sessions/refresh/session-rotation.js';
import { postgresPrograms } from '../../test/support/postgres-programs.js';
import type { Bench } from '../bench-context.js';
import { runLoad } from '../load/run-load.js';
import type { Section, SectionResult } from '../section.js';
import { query } from '../servers/query.js';
import type { ServerProcess } from '../servers/server-process.js';
import { firstRefreshToken, seedSessions, sessionIdSql } from '../service/seed-sessions.js';
import { startService } from '../service/service.js';
import { median, spread } from '../statistics.js';

const run = promisify(execFile);
/** The size of the service's connection pool. */
const CONNECTIONS = 10;
const TARGET_SHARE = 0.5;
/** More than one round can use: a token that is presented again is answered without a rotation. */
const TOKENS_PER_SECOND = 6_000;
/** A Postgres backend reports its transactions at most once a second. */
const STATISTICS_DELAY_MS = 1_200;

interface RefreshRound {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverBusy: number;
  readonly commitsPerRequest: number;
  /** Written-ahead log of the whole database server, right after a checkpoint. */
  readonly walBytesPerRequest: number;
  /** Share of the updates of sessions that did not touch an index (heap-only tuples). */
  readonly hotShare: number;
}

interface RefreshFigures {
  readonly service: RefreshRound[];
  /** Rotations per second by pgbench, one value per round. */
  readonly statementPerSecond: number[];
}

/** Compares the refresh endpoint with the single SQL statement that it runs. */
export const refresh: Section = {
  name: 'refresh',
  async run(bench) {
    return reportRefresh(await measureRefresh(bench));
  },
};

async function measureRefresh(bench: Bench): Promise<RefreshFigures> {
  const url = await bench.stores.createServiceDatabase();
  const rounds = Math.min(bench.rounds, 3);
  const perRound = TOKENS_PER_SECOND * bench.roundSeconds;
  // pgbench rotates the sessions of the last part.
  const sessions = await seedSessions(url, perRound * (rounds + 1));
  const server = await startService(bench, url, { REDIS_URL: bench.stores.redisUrl });
  const figures: RefreshFigures = { service: [], statementPerSecond: [] };
  try {
    for (let round = 0; round < rounds; round++) {
      const ids = sessions.slice(round * perRound, (round + 1) * perRound);
      const credentialsFile = join(bench.directory, `refresh-tokens-${round}`);
      writeFileSync(credentialsFile, ids.map(firstRefreshToken).join('\n'));
      const measured = await measureService(bench, server, url, credentialsFile);
      const statement = await pgbench(bench, url, sessions.length - perRound, perRound);
      figures.service.push(measured);
      figures.statementPerSecond.push(statement);
      bench.say(`  ${measured.perSecond.toFixed(0)} refreshes/s, pgbench ${statement.toFixed(0)}/s`);
    }
  } finally {
    await server.stop();
  }
  return figures;
}

async function measureService(
  bench: Bench,
  server: ServerProcess,
  databaseUrl: string,
  credentialsFile: string,
): Promise<RefreshRound> {
  // The first change of a page after a checkpoint logs the whole page: the most that a refresh can write.
  await query(databaseUrl, 'CHECKPOINT');
  const before = await databaseActivity(databaseUrl);
  const target = {
    url: `${server.url}/auth/refresh`,
    method: 'POST' as const,
    headers: { 'content-type': 'application/json' },
    body: '{"refresh_token":"{}"}',
    credentialsFile,
  };
  const load = await runLoad(server, target, { connections: 32, seconds: bench.roundSeconds });
  const { perSecond, p50Ms, p99Ms, serverBusy } = load;
  const after = await databaseActivity(databaseUrl);
  const commitsPerRequest = (after.commits - before.commits) / load.requests;
  const walBytesPerRequest = (after.walBytes - before.walBytes) / load.requests;
  const hotShare = (after.hotUpdates - before.hotUpdates) / (after.updates - before.updates);
  return { perSecond, p50Ms, p99Ms, serverBusy, commitsPerRequest, walBytesPerRequest, hotShare };
}

export function reportRefresh({ service, statementPerSecond }: RefreshFigures): SectionResult {
  const perSecond = service.map((round) => round.perSecond);
  const medianOf = (figure: keyof RefreshRound) => median(service.map((round) => round[figure])).toFixed(2);
  const withSpread = (values: readonly number[]) =>
    `${median(values).toFixed(0)} ± ${(spread(values) * 100).toFixed(0)} %`;
  return {
    title: 'Refresh',
    notes: [
      `\`POST /auth/refresh\` over 32 connections, compared with the \`UPDATE\` that it runs, executed by pgbench (\`--protocol extended\`) over ${CONNECTIONS} connections, the size of the service's pool. Postgres commits durably. Each round of the service begins with a checkpoint, after which the first change of each page writes the whole page to the log (WAL).`,
    ],
    tables: [
      {
        columns: [
          '',
          'per second',
          'p50',
          'p99',
          'commits per refresh',
          'WAL per refresh',
          'HOT updates',
          'server busy',
        ],
        rows: [
          [
            'the service',
            withSpread(perSecond),
            `${medianOf('p50Ms')} ms`,
            `${medianOf('p99Ms')} ms`,
            medianOf('commitsPerRequest'),
            `${Number(medianOf('walBytesPerRequest')).toFixed(0)} B`,
            `${(Number(medianOf('hotShare')) * 100).toFixed(0)} %`,
            medianOf('serverBusy'),
          ],
          ['pgbench', withSpread(statementPerSecond), '', '', '1', '', '', ''],
        ],
      },
    ],
    targets: [
      {
        claim: 'refreshes per second, relative to the SQL statement alone',
        measured: median(perSecond) / median(statementPerSecond),
        bound: 'at least',
        target: TARGET_SHARE,
      },
    ],
  };
}

interface DatabaseActivity {
  readonly commits: number;
  readonly walBytes: number;
  /** Of the table of sessions. */
  readonly updates: number;
  readonly hotUpdates: number;
}

async function databaseActivity(url: string): Promise<DatabaseActivity> {
  await sleep(STATISTICS_DELAY_MS);
  const [row] = await query<DatabaseActivity>(
    url,
    `SELECT xact_commit::float8 AS commits, pg_current_wal_insert_lsn() - '0/0' AS "walBytes",
            n_tup_upd::float8 AS updates, n_tup_hot_upd::float8 AS "hotUpdates"
       FROM pg_stat_database, pg_stat_user_tables
      WHERE datname = current_database() AND relname = 'sessions'`,
  );
  if (!row) throw new Error('the database has no statistics of sessions');
  return { ...row, walBytes: Number(row.walBytes) };
}

/**
 * Rotates the sessions `first` to `first + count`. No two of its clients use the same session.
 *
 * @returns rotations per second
 */
async function pgbench(bench: Bench, url: string, first: number, count: number): Promise<number> {
  const script = join(bench.directory, 'rotate.sql');
  const values: Record<string, string> = {
    $1: sessionIdSql(':n'),
    $2: ':generation',
    $3: "'192.0.2.7'",
    $4: '5184010000',
    $5: '31536000000',
    // Without its colons, which begin a variable of pgbench.
    $6: "'program-bench-'",
  };
  const sql = ROTATE.replace(/\$\d/g, (name) => values[name] ?? name).replaceAll(/\s+/g, ' ');
  writeFileSync(
    script,
    `\\set generation :generation + 1
\\set n ${first} + random(0, ${Math.floor(count / CONNECTIONS) - 1}) * ${CONNECTIONS} + :client_id + 1
${sql};\n`,
  );
  const { stdout } = await run(await pgbenchProgram(), [
    '--no-vacuum',
    ...['--protocol', 'extended'],
    ...['--file', script],
    ...['--define', `generation=${Date.now() % 1e9}`],
    ...['--client', String(CONNECTIONS)],
    ...['--time', String(bench.roundSeconds)],
    url,
  ]);
  return Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
}

async function pgbenchProgram(): Promise<string> {
  const directory = await postgresPrograms();
  const besidePostgres = (postgres: string) => join(dirname(postgres), 'pgbench');
  // Programs in PATH can be links into the directory that contains pgbench as well.
  const candidates = [join(directory, 'pgbench'), besidePostgres(realpathSync(join(directory, 'postgres')))];
  return candidates.find((candidate) => existsSync(candidate)) ?? 'pgbench';
}
