import type { Bench } from '../bench-context.js';
import type { SeriesResult } from '../interleaved-rounds.js';
import type { SectionResult, Table, Target } from '../section.js';
import { SERIES_NAMES } from './throughput-series.js';

type Results = ReadonlyMap<string, SeriesResult>;

export function reportThroughput(bench: Bench, few: Results, many: Results): SectionResult {
  return {
    title: 'What a checked request costs',
    notes: [
      `The same answer, \`GET /auth/me\`, from every contender but better-auth and oidc-provider, which give their own. ${bench.sessions} sessions with a token or cookie each, in rotation; ${bench.rounds} rounds, the contenders in turn within each, each asked for a second before it is measured; medians. Every answer was 2xx, with the body it should have. Latchkey runs as built, in production, with its default settings: it writes its request log (to a pipe) and sends its security headers, which the others do not. Its open route, its stateless guard and \`GET /auth/me\` are served by one process.`,
      'From memory: the default. From Redis: a memory for a tenth of the sessions, so that each request misses it. From Postgres: the same without `REDIS_URL`. In all three the signature has been verified before. "Server busy" is the CPU time of the server over the time of the round: near 100 %, it alone limits the figure. The load is a closed loop, so latencies hold no time that a request waited to be sent.',
    ],
    tables: [tableOf('16 connections', few), ...(many === few ? [] : [tableOf('128 connections', many)])],
    charts: [chartOf(few)],
    targets: targetsOf(few, many),
    figures: figuresOf(few),
  };
}

function tableOf(caption: string, results: Results): Table {
  const open = results.get(SERIES_NAMES.open)?.perSecond ?? Number.NaN;
  return {
    caption,
    columns: ['', 'requests/s', '±', 'µs each', 'of the open route', 'p50 ms', 'p99 ms', 'server busy'],
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

function chartOf(results: Results) {
  return {
    title: 'Requests per second on one core, 16 connections',
    bars: [...results].map(([label, { perSecond }]) => ({
      label,
      value: Math.round(perSecond),
      ours: label.startsWith('Latchkey'),
    })),
  };
}

function targetsOf(few: Results, many: Results): Target[] {
  const perSecond = (name: string) => few.get(name)?.perSecond ?? Number.NaN;
  const warmOver = (name: string) => perSecond(SERIES_NAMES.warm) / perSecond(name);
  const atLeast = (claim: string, measured: number, target: number, unit = ''): Target => ({
    claim,
    measured,
    bound: 'at least',
    target,
    unit,
  });
  const p99 = (results: Results, connections: number): Target => ({
    claim: `p99 of a checked request over that of the open route, ${connections} connections`,
    measured:
      (results.get(SERIES_NAMES.warm)?.p99Ms ?? Number.NaN) /
      (results.get(SERIES_NAMES.open)?.p99Ms ?? Number.NaN),
    bound: 'at most',
    target: 1.5,
    unit: 'x',
  });
  return [
    atLeast('checked from memory, over the open route', warmOver(SERIES_NAMES.open), 0.8, 'x'),
    atLeast('the same, as it should be', warmOver(SERIES_NAMES.open), 0.9, 'x'),
    atLeast('over a stateless guard in its place', warmOver(SERIES_NAMES.stateless), 1, 'x'),
    atLeast('over a bare stateless service with a `KeyObject`', warmOver(SERIES_NAMES.keyObject), 1, 'x'),
    atLeast(
      'over a bare stateless service that remembers signatures',
      warmOver(SERIES_NAMES.remembering),
      1,
      'x',
    ),
    atLeast('over passport-jwt with a PEM key', warmOver(SERIES_NAMES.stock), 10, 'x'),
    atLeast('over better-auth with Redis', warmOver(SERIES_NAMES.betterAuthRedis), 15, 'x'),
    atLeast('over express-session with connect-redis', warmOver(SERIES_NAMES.express), 4, 'x'),
    p99(few, 16),
    ...(many === few ? [] : [p99(many, 128)]),
    atLeast(
      'from Redis, over the open route',
      perSecond(SERIES_NAMES.cold) / perSecond(SERIES_NAMES.open),
      0.35,
      'x',
    ),
    atLeast(
      'from Postgres, over the open route',
      perSecond(SERIES_NAMES.postgres) / perSecond(SERIES_NAMES.open),
      0.2,
      'x',
    ),
  ];
}

/** Requests per second, by the key of the series. */
function figuresOf(results: Results): Record<string, number> {
  return Object.fromEntries(
    Object.entries(SERIES_NAMES).map(([key, name]) => [key, results.get(name)?.perSecond ?? Number.NaN]),
  );
}
