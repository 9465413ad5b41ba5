import type { Bench } from '../bench-context.js';
import type { SeriesResult } from '../interleaved-rounds.js';
import type { Chart, SectionResult, Table, Target } from '../section.js';
import { SERIES_NAMES } from './throughput-series.js';

type Results = ReadonlyMap<string, SeriesResult>;

/**
 * @param few results with 16 connections
 * @param many results with 128 connections; empty if that was not measured
 */
export function reportThroughput(
  bench: Pick<Bench, 'sessions' | 'rounds'> & { readonly starts: number },
  few: Results,
  many: Results,
): SectionResult {
  return {
    title: 'Cost of a checked request',
    notes: [
      `Every contender answers a request that carries a token or cookie with the same JSON, that of Latchkey's \`GET /auth/me\`. The exceptions are better-auth and oidc-provider, which send their own session or introspection response. The load rotates through ${bench.sessions.toLocaleString('en')} sessions with one credential each. The servers are started ${bench.starts} times, because two processes that run the same code differ more than two rounds of one; each time there are ${bench.rounds} rounds. In each round, the contenders are measured in turn, after one second of load that is not counted. The table shows medians over the rounds of all starts. Every response had to be 2xx and to have the expected size; bodies were checked during the warm-up.`,
      "Latchkey runs in production mode with its default settings, so it also writes a request log (to a pipe) and sends security headers; the other contenders do neither. Its open route, its stateless guard and `GET /auth/me` are served by the same process. The session comes **from memory** by default; **from Redis** with a memory cache for a tenth of the sessions, so that every request misses it; **from Postgres** with the same small cache and without `REDIS_URL`. In all three cases the token's signature was verified earlier and its result is cached.",
      '"±" is half the distance between the slowest and the fastest round. "Server busy" is the CPU time of the server divided by the duration of the round; near 100 %, the server alone limits the figure. The load generator waits for an answer before it sends the next request on a connection, so latencies do not include time that a request waited to be sent.',
    ],
    tables: [tableOf('16 connections', few), ...(many.size === 0 ? [] : [tableOf('128 connections', many)])],
    charts: [chartOf(few)],
    targets: [...ratioTargets(few), ...latencyTargets(few, many), ...storeTargets(few)],
    figures: figuresOf(few),
  };
}

function tableOf(caption: string, results: Results): Table {
  const open = perSecondOf(results, 'open');
  return {
    caption,
    columns: [
      '',
      'requests/s',
      '±',
      'µs per request',
      'relative to open route',
      'p50 ms',
      'p99 ms',
      'server busy',
    ],
    rows: [...results].map(([name, it]) => [
      name,
      Math.round(it.perSecond).toLocaleString('en'),
      `${Math.round(it.spread * 100)} %`,
      (1e6 / it.perSecond).toFixed(0),
      (it.perSecond / open).toFixed(2),
      it.p50Ms.toFixed(2),
      it.p99Ms.toFixed(2),
      Number.isNaN(it.serverBusy) ? '' : `${Math.round(it.serverBusy * 100)} %`,
    ]),
  };
}

function chartOf(results: Results): Chart {
  return {
    title: 'Requests per second on one core, 16 connections',
    bars: [...results].map(([label, { perSecond }]) => ({
      label,
      value: Math.round(perSecond),
      ours: label.startsWith('Latchkey'),
    })),
  };
}

/** Requests per second of `GET /auth/me`, its session checked from memory, relative to other series. */
function ratioTargets(results: Results): Target[] {
  const perSecond = (key: keyof typeof SERIES_NAMES) => perSecondOf(results, key);
  const micros = (key: keyof typeof SERIES_NAMES) => `${(1e6 / perSecond(key)).toFixed(0)} µs`;
  const relativeTo = (
    key: keyof typeof SERIES_NAMES,
    description: string,
    target: number,
    ifMissed?: string,
  ): Target => ({
    claim: `session checked from memory, relative to ${description}`,
    measured: perSecond('warm') / perSecond(key),
    bound: 'at least',
    target,
    unit: 'x',
    ...(ifMissed === undefined ? {} : { ifMissed }),
  });
  const limitOfTheRest = (key: keyof typeof SERIES_NAMES) =>
    `The limit is the rest of the request rather than the check: Latchkey's open route, which checks nothing, reaches ${(perSecond('open') / perSecond(key)).toFixed(1)} x.`;
  const parts = `A request takes ${micros('open')} on the open route, ${micros('stateless')} with the stateless guard, which checks the token but not the session, and ${micros('warm')} with the session check.`;
  return [
    relativeTo('open', 'the open route', 0.8, parts),
    relativeTo('open', 'the open route (stretch target)', 0.9, parts),
    relativeTo(
      'stateless',
      'a stateless guard in Latchkey',
      1,
      `The session lookup is work that the stateless guard does not do: ${micros('warm')} per request instead of ${micros('stateless')}. This target demands that it costs nothing measurable.`,
    ),
    relativeTo('keyObject', 'a minimal stateless service with a `KeyObject`', 1),
    relativeTo(
      'remembering',
      'a minimal stateless service that caches signature checks',
      1,
      `That service writes no request log and sends no security headers. With both, Latchkey's open route alone takes ${micros('open')} per request, and the whole minimal service ${micros('remembering')}.`,
    ),
    relativeTo('stock', 'passport-jwt with a PEM key', 10, limitOfTheRest('stock')),
    relativeTo('betterAuthRedis', 'better-auth with Redis', 15, limitOfTheRest('betterAuthRedis')),
    relativeTo('express', 'express-session with connect-redis', 4, limitOfTheRest('express')),
  ];
}

function latencyTargets(few: Results, many: Results): Target[] {
  const p50 = (results: Results, key: keyof typeof SERIES_NAMES) =>
    `${(results.get(SERIES_NAMES[key])?.p50Ms ?? Number.NaN).toFixed(2)} ms`;
  const p99 = (results: Results, connections: number): Target => ({
    claim: `p99 of a checked request relative to the open route, ${connections} connections`,
    measured: p99Of(results, 'warm') / p99Of(results, 'open'),
    bound: 'at most',
    target: 1.5,
    unit: 'x',
    ifMissed: `The median is ${p50(results, 'open')} on the open route and ${p50(results, 'warm')} with the check.`,
  });
  return [p99(few, 16), ...(many.size === 0 ? [] : [p99(many, 128)])];
}

function storeTargets(results: Results): Target[] {
  const relativeToOpen = (key: keyof typeof SERIES_NAMES, store: string, target: number): Target => ({
    claim: `session checked from ${store}, relative to the open route`,
    measured: perSecondOf(results, key) / perSecondOf(results, 'open'),
    bound: 'at least',
    target,
    unit: 'x',
  });
  return [relativeToOpen('cold', 'Redis', 0.35), relativeToOpen('postgres', 'Postgres', 0.2)];
}

/** Requests per second, by the key of the series. */
function figuresOf(results: Results): Record<string, number> {
  const keys = Object.keys(SERIES_NAMES) as (keyof typeof SERIES_NAMES)[];
  return Object.fromEntries(keys.map((key) => [key, perSecondOf(results, key)]));
}

function perSecondOf(results: Results, key: keyof typeof SERIES_NAMES): number {
  return results.get(SERIES_NAMES[key])?.perSecond ?? Number.NaN;
}

function p99Of(results: Results, key: keyof typeof SERIES_NAMES): number {
  return results.get(SERIES_NAMES[key])?.p99Ms ?? Number.NaN;
}
