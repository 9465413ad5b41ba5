import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../test/support/free-port.js';
import type { Bench } from '../bench-context.js';
import type { Section } from '../section.js';
import { ServerProcess } from '../servers/server-process.js';
import { HttpClient } from '../service/http-client.js';
import { residentMiB } from '../service/resident-memory.js';
import { MAIN_FILE, serviceEnv } from '../service/service.js';
import { median, quantile } from '../statistics.js';

const STARTS = 7;
const TARGET_SECONDS = 1.5;

/** From `spawn` to the first 200 of `/health/ready`, on a database that has its schema. */
export const start: Section = {
  name: 'start',
  async run(bench) {
    const databaseUrl = await bench.stores.createServiceDatabase();
    const runs: { seconds: number; cpuSeconds: number; memoryMiB: number }[] = [];
    for (let run = 0; run < (bench.quick ? 2 : STARTS); run++) runs.push(await timeOne(bench, databaseUrl));
    const seconds = runs.map((it) => it.seconds);
    return {
      title: 'Start',
      notes: [
        '`node dist/src/main.js` in production on a migrated Postgres, with Redis, until `GET /health/ready` answers 200.',
      ],
      tables: [
        {
          columns: ['', 'median', 'fastest', 'slowest'],
          rows: [
            [
              'ready after',
              ...[median(seconds), Math.min(...seconds), quantile(seconds, 1)].map(
                (it) => `${it.toFixed(2)} s`,
              ),
            ],
            [
              'CPU time',
              ...spreadOf(
                runs.map((it) => it.cpuSeconds),
                's',
                2,
              ),
            ],
            [
              'resident memory then',
              ...spreadOf(
                runs.map((it) => it.memoryMiB),
                'MiB',
                0,
              ),
            ],
          ],
        },
      ],
      targets: [
        {
          claim: 'ready after a start',
          measured: median(seconds),
          bound: 'at most',
          target: TARGET_SECONDS,
          unit: 's',
        },
      ],
    };
  },
};

async function timeOne(bench: Bench, databaseUrl: string) {
  const port = await freePort();
  const client = new HttpClient(`http://127.0.0.1:${port}`, 1);
  const startedAt = performance.now();
  const starting = ServerProcess.start(
    bench,
    [process.execPath, MAIN_FILE],
    serviceEnv(databaseUrl, { REDIS_URL: bench.stores.redisUrl, PORT: String(port) }),
  );
  const server = await starting;
  while ((await client.send('GET', '/health/ready').catch(() => null))?.status !== 200) {
    await sleep(5);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const run = { seconds, cpuSeconds: server.cpuSeconds(), memoryMiB: residentMiB(server.pid) };
  client.close();
  await server.stop();
  return run;
}

function spreadOf(values: readonly number[], unit: string, digits: number): string[] {
  return [median(values), Math.min(...values), Math.max(...values)].map(
    (it) => `${it.toFixed(digits)} ${unit}`,
  );
}
