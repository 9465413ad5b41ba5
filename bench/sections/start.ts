import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../test/support/free-port.js';
import type { Bench } from '../bench-context.js';
import type { Section, SectionResult } from '../section.js';
import { HttpClient } from '../service/http-client.js';
import { residentMiB } from '../service/resident-memory.js';
import { startService } from '../service/service.js';
import { median } from '../statistics.js';

const STARTS = 7;
const TARGET_SECONDS = 1.5;

interface Start {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly memoryMiB: number;
}

/** From `spawn` to the first 200 of `/health/ready`, on a database that has been migrated. */
export const start: Section = {
  name: 'start',
  async run(bench) {
    const databaseUrl = await bench.stores.createServiceDatabase();
    const starts: Start[] = [];
    for (let run = 0; run < (bench.quick ? 2 : STARTS); run++) {
      starts.push(await measureStart(bench, databaseUrl));
    }
    return reportStart(starts);
  },
};

async function measureStart(bench: Bench, databaseUrl: string): Promise<Start> {
  const port = await freePort();
  const client = new HttpClient(`http://127.0.0.1:${port}`, 1);
  const startedAt = performance.now();
  const server = await startService(bench, databaseUrl, {
    REDIS_URL: bench.stores.redisUrl,
    PORT: String(port),
  });
  while ((await client.send('GET', '/health/ready').catch(() => null))?.status !== 200) await sleep(5);
  const seconds = (performance.now() - startedAt) / 1000;
  const measured = { seconds, cpuSeconds: server.cpuSeconds(), memoryMiB: residentMiB(server.pid) };
  client.close();
  await server.stop();
  return measured;
}

export function reportStart(starts: readonly Start[]): SectionResult {
  const row = (label: string, figure: keyof Start, unit: string, digits: number) => {
    const values = starts.map((it) => it[figure]);
    const cells = [median(values), Math.min(...values), Math.max(...values)];
    return [label, ...cells.map((value) => `${value.toFixed(digits)} ${unit}`)];
  };
  return {
    title: 'Start',
    notes: [
      '`node dist/src/main.js` in production, with Redis and a migrated Postgres database, until `GET /health/ready` answers 200.',
    ],
    tables: [
      {
        columns: ['', 'median', 'minimum', 'maximum'],
        rows: [
          row('time until ready', 'seconds', 's', 2),
          row('CPU time until ready', 'cpuSeconds', 's', 2),
          row('resident memory when ready', 'memoryMiB', 'MiB', 0),
        ],
      },
    ],
    targets: [
      {
        claim: 'time until ready after a start',
        measured: median(starts.map(({ seconds }) => seconds)),
        bound: 'at most',
        target: TARGET_SECONDS,
        unit: 's',
      },
    ],
  };
}
