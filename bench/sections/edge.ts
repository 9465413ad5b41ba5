import type { Bench } from '../bench-context.js';
import { type Route, startContender } from '../contenders/contender.js';
import {
  measureRounds,
  type Series,
  type SeriesResult,
  summarise,
  warmWithEveryCredential,
} from '../interleaved-rounds.js';
import type { Section, SectionResult } from '../section.js';
import type { ServerProcess } from '../servers/server-process.js';
import { guardEnv, startTokenIssuer } from '../service/token-issuer.js';

export const SERIES_NAMES = {
  bare: 'bare `node:http` server',
  edge: '`latchkey-edge`, `/check`',
  service: 'the service, `/auth/check`',
} as const;

/** What a gateway sends. */
const HEADERS = {
  authorization: 'Bearer {}',
  'user-agent': 'bench/1.0',
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-host': 'api.example.com',
  'x-forwarded-method': 'GET',
  'x-forwarded-proto': 'https',
  'x-forwarded-uri': '/orders/1',
};

/** Requests per second of the checks for gateways, on one core. */
export const edge: Section = { name: 'edge', run };

async function run(bench: Bench): Promise<SectionResult> {
  const servers: ServerProcess[] = [];
  try {
    // The request log is on, which is the default.
    const { service, credentialsFile } = await startTokenIssuer(bench, { LOG_LEVEL: 'info' });
    servers.push(service);
    const allSeries: Series[] = [];
    const add = (name: string, server: ServerProcess, path: string) => {
      const route: Route = { path, headers: HEADERS };
      allSeries.push({ name, running: { server, credentialsFile }, route });
    };
    for (const program of ['bare', 'edge'] as const) {
      const contender = { program: `forward-auth/${program}.mjs`, env: guardEnv(service.url) };
      const { server } = await startContender(bench, contender);
      servers.push(server);
      add(SERIES_NAMES[program], server, '/check');
    }
    add(SERIES_NAMES.service, service, '/auth/check');
    const sizes = new Map<string, number>();
    for (const series of allSeries) sizes.set(series.name, await warmWithEveryCredential(bench, series));
    const load = { connections: 16, seconds: bench.roundSeconds };
    return reportEdge(bench, summarise(await measureRounds(bench, allSeries, load, sizes)));
  } finally {
    await Promise.all(servers.map((server) => server.stop('SIGKILL')));
  }
}

export function reportEdge(
  bench: Pick<Bench, 'sessions' | 'rounds'>,
  results: ReadonlyMap<string, SeriesResult>,
): SectionResult {
  const bare = results.get(SERIES_NAMES.bare)?.perSecond ?? Number.NaN;
  return {
    title: 'Checks for gateways',
    notes: [
      `The load sends what a gateway sends, over 16 connections, with the tokens of ${bench.sessions.toLocaleString('en')} sessions. Both checks answer with the identity of the caller in headers; \`latchkey-edge\` also with a signed assertion, which it makes once per session and reuses for a while. The service writes its request log. The bare server answers every request with 200 and checks nothing. There are ${bench.rounds} rounds, measured in turn; the table shows medians. Every response had to be 2xx.`,
    ],
    tables: [
      {
        columns: ['', 'requests/s', '±', 'µs per request', 'relative to bare', 'p50 ms', 'p99 ms'],
        rows: [...results].map(([name, it]) => [
          name,
          Math.round(it.perSecond).toLocaleString('en'),
          `${Math.round(it.spread * 100)} %`,
          (1e6 / it.perSecond).toFixed(0),
          (it.perSecond / bare).toFixed(2),
          it.p50Ms.toFixed(2),
          it.p99Ms.toFixed(2),
        ]),
      },
    ],
  };
}
