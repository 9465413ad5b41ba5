import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../test/support/free-port.js';
import type { Bench } from '../bench-context.js';
import type { Section } from '../section.js';
import { ServerProcess } from '../servers/server-process.js';
import { HttpClient } from '../service/http-client.js';
import { histogramOf, histogramQuantile } from '../service/metrics.js';
import { accessTokens, seedSessions } from '../service/seed-sessions.js';
import { startService } from '../service/service.js';
import { closedLoop, pacedLoop } from '../service/traffic.js';
import { quantile } from '../statistics.js';

const INSTANCES = 3;
const TARGETS_MS = { p50: 3, p99: 10 };
/** One lease and the first heartbeats: from then on a revoke need not wait for a lease. */
const SETTLED_MS = 4_500;
/** Revokes before the measured ones, until V8 has compiled what they run through. */
const LEAD = 300;
const METRIC = 'latchkey_revocation_enforced_seconds';

/** How long an end takes to hold on every instance, while they are at work. */
export const revocation: Section = {
  name: 'revocation',
  async run(bench) {
    const url = await bench.stores.createServiceDatabase();
    const revokes = bench.quick ? 50 : 500;
    const lead = bench.quick ? 10 : LEAD;
    const sessions = await seedSessions(url, lead + revokes + 500);
    const started = await Promise.all(Array.from({ length: INSTANCES }, () => startInstance(bench, url)));
    try {
      const clients = started.map(({ server }) => new HttpClient(server.url, 16));
      const tokens = await accessTokens(clients[0] as HttpClient, sessions);
      const background = tokens.slice(lead + revokes);
      await sleep(SETTLED_MS);
      const checks = (at: number) =>
        (clients[at % INSTANCES] as HttpClient).expect(200, 'GET', '/auth/me', {
          token: background[at % background.length] as string,
        });
      const full = await closedLoop(checks, 16, bench.quick ? 1_000 : 3_000);
      bench.say(`${full.toFixed(0)} checks/s at full load`);
      const load = pacedLoop(checks, full / 2);
      const early = await revokeAll(clients, tokens.slice(0, lead));
      const before = await enforcements(started);
      const { times, granted } = await revokeAll(clients, tokens.slice(lead, lead + revokes));
      const drawn = await load.stop();
      const after = await enforcements(started);
      const enforced = (q: number) => histogramQuantile(before, after, q) * 1000;
      return result(times, early.granted + granted, [enforced(0.5), enforced(0.99)], drawn, full);
    } finally {
      await Promise.all(started.map(({ server }) => server.stop()));
    }
  },
};

async function startInstance(
  bench: Bench,
  url: string,
): Promise<{ server: ServerProcess; metricsUrl: string }> {
  const port = await freePort();
  const server = await startService(bench, url, {
    REDIS_URL: bench.stores.redisUrl,
    METRICS_PORT: String(port),
  });
  return { server, metricsUrl: `http://127.0.0.1:${port}/metrics` };
}

async function enforcements(started: readonly { metricsUrl: string }[]) {
  const texts = started.map(({ metricsUrl }) => fetch(metricsUrl).then((it) => it.text()));
  return histogramOf(await Promise.all(texts), METRIC, 'how="acknowledged"');
}

/** One after the other, on each instance in turn; after the answer, the next instance is asked whether it still grants. */
async function revokeAll(clients: readonly HttpClient[], tokens: readonly string[]) {
  const times: number[] = [];
  let granted = 0;
  for (const [at, token] of tokens.entries()) {
    const here = clients[at % clients.length] as HttpClient;
    const elsewhere = clients[(at + 1) % clients.length] as HttpClient;
    times.push((await here.expect(204, 'POST', '/auth/logout', { token })).ms);
    if ((await elsewhere.send('GET', '/auth/me', { token })).status !== 401) granted += 1;
    await sleep(5);
  }
  return { times, granted };
}

function result(
  times: readonly number[],
  granted: number,
  enforced: [number, number],
  drawn: number,
  full: number,
) {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return {
    title: 'Revocation',
    notes: [
      `${INSTANCES} instances on the server's core, kept at half of what the load could draw from them (${drawn.toFixed(0)} of ${full.toFixed(0)} checks per second). After some hundred that are not measured, ${times.length} sessions are ended by \`POST /auth/logout\`; after each 204 another instance is asked whether it still grants: it did ${granted} times.`,
    ],
    tables: [
      {
        columns: ['', 'p50', 'p99'],
        rows: [
          [
            'commit to acknowledged by all (the service’s own clock, between the bounds of its buckets)',
            ms(enforced[0]),
            ms(enforced[1]),
          ],
          ['the whole request (the client’s clock)', ms(quantile(times, 0.5)), ms(quantile(times, 0.99))],
        ],
      },
    ],
    targets: [
      {
        claim: 'commit to acknowledged, p50',
        measured: enforced[0],
        bound: 'at most' as const,
        target: TARGETS_MS.p50,
        unit: 'ms',
      },
      {
        claim: 'commit to acknowledged, p99',
        measured: enforced[1],
        bound: 'at most' as const,
        target: TARGETS_MS.p99,
        unit: 'ms',
      },
      { claim: 'grants after a 204', measured: granted, bound: 'at most' as const, target: 0 },
    ],
  };
}
