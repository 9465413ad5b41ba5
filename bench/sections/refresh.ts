import { execFile } from 'node:child_process';
import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ROTATE } from '../../src/sessions/session-rotation.js';
import { postgresPrograms } from '../../test/support/postgres-programs.js';
import type { Bench } from '../bench-context.js';
import { runLoad } from '../load/run-load.js';
import type { Section } from '../section.js';
import { query } from '../servers/query.js';
import { firstRefreshToken, seedSessions, sessionIdSql } from '../service/seed-sessions.js';
import { startService } from '../service/service.js';
import { median, spread } from '../statistics.js';

const run = promisify(execFile);
/** The service's own pool. */
const CONNECTIONS = 10;
const TARGET_SHARE = 0.5;
/** More than one round can use: a token that comes a second time is answered without a rotation. */
const TOKENS_PER_SECOND = 6_000;

/** The exchange of refresh tokens against the one statement that it consists of. */
export const refresh: Section = {
  name: 'refresh',
  async run(bench) {
    const url = await bench.stores.createServiceDatabase();
    const rounds = Math.min(bench.rounds, 3);
    const perRound = TOKENS_PER_SECOND * bench.roundSeconds;
    const sessions = await seedSessions(url, perRound * (rounds + 1));
    const server = await startService(bench, url, { REDIS_URL: bench.stores.redisUrl });
    const statement: number[] = [];
    const service: { perSecond: number; p50Ms: number; p99Ms: number; busy: number; commits: number }[] = [];
    try {
      for (let round = 0; round < rounds; round++) {
        const file = join(bench.directory, `refresh-${round}`);
        const ids = sessions.slice(round * perRound, (round + 1) * perRound);
        writeFileSync(file, ids.map(firstRefreshToken).join('\n'));
        const before = await commits(url);
        const { perSecond, p50Ms, p99Ms, serverBusy, requests } = await runLoad(
          server,
          {
            url: `${server.url}/auth/refresh`,
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: '{"refresh_token":"{}"}',
            credentialsFile: file,
          },
          { connections: 32, seconds: bench.roundSeconds },
        );
        const made = (await commits(url)) - before;
        service.push({ perSecond, p50Ms, p99Ms, busy: serverBusy, commits: made / requests });
        statement.push(await pgbench(bench, url, sessions.length - perRound, perRound));
        bench.say(`refresh ${perSecond.toFixed(0)}/s, its statement alone ${statement.at(-1)?.toFixed(0)}/s`);
      }
    } finally {
      await server.stop();
    }
    const perSecond = service.map((it) => it.perSecond);
    const share = median(perSecond) / median(statement);
    const of = (pick: (it: (typeof service)[number]) => number) => median(service.map(pick)).toFixed(2);
    return {
      title: 'Refresh',
      notes: [
        `\`POST /auth/refresh\` over 32 connections against the same \`UPDATE\` under pgbench (\`--protocol extended\`) over ${CONNECTIONS}, the size of the service's pool; Postgres commits durably.`,
      ],
      tables: [
        {
          columns: ['', 'per second', 'p50', 'p99', 'commits each', 'server busy'],
          rows: [
            [
              'the service',
              `${median(perSecond).toFixed(0)} ± ${(spread(perSecond) * 100).toFixed(0)} %`,
              `${of((it) => it.p50Ms)} ms`,
              `${of((it) => it.p99Ms)} ms`,
              of((it) => it.commits),
              of((it) => it.busy),
            ],
            [
              'pgbench',
              `${median(statement).toFixed(0)} ± ${(spread(statement) * 100).toFixed(0)} %`,
              '',
              '',
              '1',
              '',
            ],
          ],
        },
      ],
      targets: [
        {
          claim: 'a refresh, of what its statement alone does',
          measured: share,
          bound: 'at least',
          target: TARGET_SHARE,
        },
      ],
    };
  },
};

async function commits(url: string): Promise<number> {
  // A backend tells of its transactions at most once a second.
  await sleep(1_200);
  const [row] = await query<{ n: number }>(
    url,
    'SELECT xact_commit::float8 AS n FROM pg_stat_database WHERE datname = current_database()',
  );
  return row?.n ?? 0;
}

/** Sessions `first` to `first + count`, none of which two clients share. @returns rotations per second */
async function pgbench(bench: Bench, url: string, first: number, count: number): Promise<number> {
  const script = join(bench.directory, 'rotate.sql');
  const values: Record<string, string> = {
    $1: sessionIdSql(':n'),
    $2: ':generation',
    $3: "'192.0.2.7'",
    $4: '5184010000',
    $5: '31536000000',
  };
  const sql = ROTATE.replace(/\$\d/g, (name) => values[name] ?? name).replaceAll(/\s+/g, ' ');
  writeFileSync(
    script,
    `\\set generation :generation + 1
\\set n ${first} + random(0, ${Math.floor(count / CONNECTIONS) - 1}) * ${CONNECTIONS} + :client_id + 1
${sql};\n`,
  );
  const { stdout } = await run(await pgbenchProgram(), [
    ...[
      '--no-vacuum',
      '--protocol',
      'extended',
      '--file',
      script,
      '--define',
      `generation=${Date.now() % 1e9}`,
    ],
    ...['--client', String(CONNECTIONS), '--time', String(bench.roundSeconds), url],
  ]);
  return Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
}

async function pgbenchProgram(): Promise<string> {
  const directory = await postgresPrograms();
  const beside = (postgres: string) => join(dirname(postgres), 'pgbench');
  // Programs in PATH may be links into the directory where all of them are.
  const places = [join(directory, 'pgbench'), beside(realpathSync(join(directory, 'postgres')))];
  return places.find((place) => existsSync(place)) ?? 'pgbench';
}
