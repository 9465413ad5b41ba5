import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../test/support/free-port.js';
import type { Bench } from '../bench-context.js';
import type { Section, SectionResult } from '../section.js';
import type { ServerProcess } from '../servers/server-process.js';
import { HttpClient } from '../service/http-client.js';
import { type Histogram, histogramOf, histogramQuantile } from '../service/metrics.js';
import { accessTokens, seedSessions } from '../service/seed-sessions.js';
import { startService } from '../service/service.js';
import { closedLoop, pacedLoop } from '../service/traffic.js';
import { quantile } from '../statistics.js';

const INSTANCES = 3;
const TARGETS_MS = { p50: 3, p99: 10 };
/** One lease and the first heartbeats: from then on a revoke need not wait for a lease. */
const SETTLED_MS = 4_500;
/** Revokes before the measured ones, enough for V8 to compile the code that they run. */
const WARM_UP_REVOKES = 300;
const METRIC = 'latchkey_revocation_enforced_seconds';

interface Instance {
  readonly server: ServerProcess;
  readonly metricsUrl: string;
}

interface RevocationFigures {
  /** The client's time for each revoke. */
  readonly requestMs: readonly number[];
  /** From the commit until every instance has acknowledged, by the service's own metric. */
  readonly enforcedP50Ms: number;
  readonly enforcedP99Ms: number;
  /** Requests that another instance granted after the 204, including those after the warm-up revokes. */
  readonly grantedAfterRevoke: number;
  readonly checksPerSecond: number;
  readonly maximumChecksPerSecond: number;
}

/** How long a revoke takes until every instance enforces it, while the instances are busy with session checks. */
export const revocation: Section = {
  name: 'revocation',
  async run(bench) {
    return reportRevocation(await measureRevocation(bench));
  },
};

async function measureRevocation(bench: Bench): Promise<RevocationFigures> {
  const url = await bench.stores.createServiceDatabase();
  const revokes = bench.quick ? 50 : 500;
  const warmUp = bench.quick ? 10 : WARM_UP_REVOKES;
  const sessions = await seedSessions(url, warmUp + revokes + 500);
  const instances = await Promise.all(Array.from({ length: INSTANCES }, () => startInstance(bench, url)));
  try {
    const clients = instances.map(({ server }) => new HttpClient(server.url, 16));
    const tokens = await accessTokens(clients[0] as HttpClient, sessions);
    const background = tokens.slice(warmUp + revokes);
    await sleep(SETTLED_MS);
    const check = (index: number) =>
      (clients[index % INSTANCES] as HttpClient).expect(200, 'GET', '/auth/me', {
        token: background[index % background.length] as string,
      });
    const maximumChecksPerSecond = await closedLoop(check, 16, bench.quick ? 1_000 : 3_000);
    bench.say(`  at most ${maximumChecksPerSecond.toFixed(0)} checks/s`);
    const load = pacedLoop(check, maximumChecksPerSecond / 2);
    const warmUpResult = await revokeAll(clients, tokens.slice(0, warmUp));
    const before = await enforcementTimes(instances);
    const { requestMs, granted } = await revokeAll(clients, tokens.slice(warmUp, warmUp + revokes));
    const checksPerSecond = await load.stop();
    const after = await enforcementTimes(instances);
    return {
      requestMs,
      enforcedP50Ms: histogramQuantile(before, after, 0.5) * 1000,
      enforcedP99Ms: histogramQuantile(before, after, 0.99) * 1000,
      grantedAfterRevoke: warmUpResult.granted + granted,
      checksPerSecond,
      maximumChecksPerSecond,
    };
  } finally {
    await Promise.all(instances.map(({ server }) => server.stop()));
  }
}

async function startInstance(bench: Bench, databaseUrl: string): Promise<Instance> {
  const port = await freePort();
  const server = await startService(bench, databaseUrl, {
    REDIS_URL: bench.stores.redisUrl,
    METRICS_PORT: String(port),
  });
  return { server, metricsUrl: `http://127.0.0.1:${port}/metrics` };
}

async function enforcementTimes(instances: readonly Instance[]): Promise<Histogram> {
  const texts = instances.map(({ metricsUrl }) => fetch(metricsUrl).then((response) => response.text()));
  return histogramOf(await Promise.all(texts), METRIC, 'how="acknowledged"');
}

/** Revokes one session after another, on each instance in turn. After each 204 the next instance must refuse the token. */
async function revokeAll(clients: readonly HttpClient[], tokens: readonly string[]) {
  const requestMs: number[] = [];
  let granted = 0;
  for (const [index, token] of tokens.entries()) {
    const revoking = clients[index % clients.length] as HttpClient;
    const other = clients[(index + 1) % clients.length] as HttpClient;
    requestMs.push((await revoking.expect(204, 'POST', '/auth/logout', { token })).ms);
    if ((await other.send('GET', '/auth/me', { token })).status !== 401) granted += 1;
    await sleep(5);
  }
  return { requestMs, granted };
}

export function reportRevocation(figures: RevocationFigures): SectionResult {
  const { requestMs, enforcedP50Ms, enforcedP99Ms, grantedAfterRevoke } = figures;
  const { checksPerSecond, maximumChecksPerSecond } = figures;
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return {
    title: 'Revocation',
    notes: [
      `${INSTANCES} instances share the server's core. While sessions are revoked, they answer ${checksPerSecond.toFixed(0)} session checks per second, half of the ${maximumChecksPerSecond.toFixed(0)} that the client can get from them. After a warm-up, ${requestMs.length} sessions are revoked by \`POST /auth/logout\`. After each 204, the token is sent to another instance: it was granted ${grantedAfterRevoke} times.`,
    ],
    tables: [
      {
        columns: ['', 'p50', 'p99'],
        rows: [
          [
            "from commit to acknowledgement by all instances (the service's metric, interpolated between bucket bounds)",
            ms(enforcedP50Ms),
            ms(enforcedP99Ms),
          ],
          [
            "the whole request (the client's clock)",
            ms(quantile(requestMs, 0.5)),
            ms(quantile(requestMs, 0.99)),
          ],
        ],
      },
    ],
    targets: [
      {
        claim: 'from commit to acknowledgement by all instances, p50',
        measured: enforcedP50Ms,
        bound: 'at most',
        target: TARGETS_MS.p50,
        unit: 'ms',
      },
      {
        claim: 'from commit to acknowledgement by all instances, p99',
        measured: enforcedP99Ms,
        bound: 'at most',
        target: TARGETS_MS.p99,
        unit: 'ms',
      },
      {
        claim: 'requests granted after the 204',
        measured: grantedAfterRevoke,
        bound: 'at most',
        target: 0,
      },
    ],
  };
}
