import type { Bench } from '../bench-context.js';
import type { Check } from '../contenders/resource-server/caller.js';
import type { SeriesResult } from '../interleaved-rounds.js';
import type { Chart, SectionResult, Table, Target } from '../section.js';
import { median } from '../statistics.js';
import { CHECKS, FRAMEWORKS, type Framework, seriesName } from './guarded-series.js';

type Results = ReadonlyMap<string, SeriesResult>;

interface GuardedBench extends Pick<Bench, 'sessions' | 'rounds'> {
  /** How often the servers were started; each time, all rounds were measured. */
  readonly starts: number;
}

const TARGETS = { none: 0.9, passport: 10, introspection: 20 } as const;
const DESCRIPTIONS = {
  none: 'the same server without a guard',
  passport: 'passport-jwt',
  introspection: 'introspection over HTTP',
} as const;

export function reportGuarded(bench: GuardedBench, results: Results): SectionResult {
  return {
    title: 'Resource servers',
    notes: [
      `A resource server with one route, which returns the JSON of Latchkey's \`GET /auth/me\` for the caller. **Nest** runs on its Fastify platform; Fastify and Express are used as they are. Each has its default settings, and runs in five forms: without a guard, with a connected guard and a hook that does not ask it, with \`@latchkey/guard\` as a global guard, plugin or middleware, with the passport-jwt strategy (\`@nestjs/passport\`, \`@fastify/passport\`, \`passport\`), which verifies the signature of every request with the service's key as PEM, and with introspection. The guard is built as it is published.`,
      'Introspection (RFC 7662) means one `POST` per request with `node:http` over persistent connections. The endpoint is as cheap as one can be: it only looks up the token in a map of prepared answers, and runs on the core of the load generator, so that it takes no CPU time from the resource server. A real endpoint verifies the token, reads the session and is further away.',
      `The load, over 16 connections, rotates through the access tokens of ${bench.sessions.toLocaleString('en')} sessions, issued by the service that the guards are connected to. The servers are started ${bench.starts} times, because two processes that run the same code differ more than two rounds of one; each time there are ${bench.rounds} rounds of one second, after one that is not counted. In each round, the servers are measured in turn, after one second of load that is not counted. Ratios are computed per round; tables and targets show medians. Every response had to be 2xx and of the expected size; bodies were checked during the warm-up, in which every token was sent at least once.`,
      'After the warm-up, each server collects all garbage. Node creates an object for each `process.nextTick`, which is cheaper before that: V8 has compiled it for one hidden class, and full collections remove that class if no tick is waiting. A Fastify server has one while it starts if it loads the guard, and none if it is bare, so they would be compared in different states.',
    ],
    tables: (Object.keys(FRAMEWORKS) as Framework[]).map((framework) => tableOf(framework, results)),
    charts: [chartOf(results)],
    targets: (Object.keys(FRAMEWORKS) as Framework[]).flatMap((framework) => targetsOf(framework, results)),
  };
}

function tableOf(framework: Framework, results: Results): Table {
  return {
    caption: framework === 'nest' ? 'Nest, on its Fastify platform' : FRAMEWORKS[framework],
    columns: [
      '',
      'requests/s',
      '±',
      'µs per request',
      'relative to no guard',
      'p50 ms',
      'p99 ms',
      'server busy',
    ],
    rows: (Object.keys(CHECKS) as Check[]).map((check) => {
      const it = resultOf(results, framework, check);
      return [
        CHECKS[check],
        Math.round(it.perSecond).toLocaleString('en'),
        `${Math.round(it.spread * 100)} %`,
        (1e6 / it.perSecond).toFixed(0),
        ratio(it, resultOf(results, framework, 'none')).toFixed(2),
        it.p50Ms.toFixed(2),
        it.p99Ms.toFixed(2),
        Number.isNaN(it.serverBusy) ? '' : `${Math.round(it.serverBusy * 100)} %`,
      ];
    }),
  };
}

function chartOf(results: Results): Chart {
  return {
    title: 'Requests per second of a resource server on one core, 16 connections',
    bars: [...results].map(([label, { perSecond }]) => ({
      label,
      value: Math.round(perSecond),
      ours: label.endsWith(CHECKS.guard),
    })),
  };
}

function targetsOf(framework: Framework, results: Results): Target[] {
  const guard = resultOf(results, framework, 'guard');
  return (Object.keys(TARGETS) as (keyof typeof TARGETS)[]).map((check) => ({
    claim: `guarded route of ${FRAMEWORKS[framework]}, relative to ${DESCRIPTIONS[check]}`,
    measured: ratio(guard, resultOf(results, framework, check)),
    bound: 'at least',
    target: TARGETS[check],
    unit: 'x',
    ifMissed: whyMissed(framework, check, results),
  }));
}

function whyMissed(framework: Framework, check: keyof typeof TARGETS, results: Results): string {
  const micros = (of: Check) => `${(1e6 / resultOf(results, framework, of).perSecond).toFixed(1)} µs`;
  const times = `A request takes ${micros('none')} without a guard and ${micros('guard')} with it`;
  if (check === 'none')
    return `${times}, and ${micros('connected')} with a connected guard and a hook that does not ask it.`;
  const bare = ratio(resultOf(results, framework, 'none'), resultOf(results, framework, check));
  const cost = (of: Check) => 1 / resultOf(results, framework, of).perSecond;
  const ofChecks = (cost(check) - cost('none')) / (cost('guard') - cost('none'));
  return `${times}, and ${micros(check)} with ${DESCRIPTIONS[check]}. A server that checks nothing reaches ${bare.toFixed(1)} x; what the check adds to such a server is ${ofChecks.toFixed(0)} x as much with ${DESCRIPTIONS[check]} as with the guard.`;
}

/** The median of the ratios of the rounds: what slows down a whole round affects both. */
export function ratio(a: SeriesResult, b: SeriesResult): number {
  return median(a.perSecondOfRounds.map((value, round) => value / (b.perSecondOfRounds[round] as number)));
}

function resultOf(results: Results, framework: Framework, check: Check): SeriesResult {
  const found = results.get(seriesName(framework, check));
  if (!found) throw new Error(`${seriesName(framework, check)} was not measured`);
  return found;
}
