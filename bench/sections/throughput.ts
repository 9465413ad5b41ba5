import type { Bench } from '../bench-context.js';
import {
  type MeasuredRounds,
  measureRounds,
  type Series,
  summarise,
  warm,
  withRounds,
} from '../interleaved-rounds.js';
import type { Section, SectionResult } from '../section.js';
import { requireLookupSource } from './lookup-source.js';
import { reportThroughput } from './throughput-report.js';
import { SERIES_NAMES, startSeries } from './throughput-series.js';

/** Requests per second on one core: Latchkey's session check beside unchecked routes and other session services. */
export const throughput: Section = { name: 'throughput', run };

/** How often the servers are started: two processes that run the same code differ more than two rounds of one. */
const STARTS = 3;
const ROUNDS_PER_START = 2;

/** The rounds with 16 and with 128 connections. */
interface Measured {
  readonly few: MeasuredRounds;
  readonly many: MeasuredRounds;
}

async function run(given: Bench): Promise<SectionResult> {
  const starts = given.quick ? 1 : STARTS;
  const bench = { ...given, rounds: given.quick ? given.rounds : ROUNDS_PER_START };
  let measured: Measured = { few: new Map(), many: new Map() };
  for (let start = 1; start <= starts; start++) {
    bench.say(`  start ${start} of ${starts}`);
    const { few, many } = await measureOnce(bench);
    measured = { few: withRounds(measured.few, few), many: withRounds(measured.many, many) };
  }
  return reportThroughput({ ...bench, starts }, summarise(measured.few), summarise(measured.many));
}

async function measureOnce(bench: Bench): Promise<Measured> {
  const allSeries = await startSeries(bench);
  try {
    const sizes = await warmAll(bench, allSeries);
    const few = await measureRounds(
      bench,
      allSeries,
      { connections: 16, seconds: bench.roundSeconds },
      sizes,
    );
    const seconds = Math.max(1, bench.roundSeconds - 1);
    const many = bench.quick
      ? new Map()
      : await measureRounds(bench, allSeries, { connections: 128, seconds }, sizes);
    return { few, many };
  } finally {
    await Promise.all(allSeries.map(({ running }) => running.server.stop('SIGKILL')));
  }
}

/** @returns the mean response size in bytes, by series */
async function warmAll(bench: Bench, allSeries: readonly Series[]): Promise<Map<string, number>> {
  const seconds = bench.quick ? 1 : 3;
  const sizes = new Map<string, number>();
  // Latchkey's checked routes come first: its stateless guard accepts only tokens that they have verified.
  const [checked, rest] = [
    allSeries.filter(expectedSource),
    allSeries.filter((series) => !expectedSource(series)),
  ];
  for (const series of checked) {
    // Until every token has been sent once, however long that takes, so that all sessions are cached.
    for (let sent = 0; sent < bench.sessions; ) sent += (await warm(series, seconds)).requests;
    sizes.set(
      series.name,
      (await requireLookupSource(series, expectedSource(series) ?? 'memory', seconds)).bytes,
    );
  }
  for (const series of rest) sizes.set(series.name, (await warm(series, seconds)).bytes);
  bench.say('  warm-up done');
  return sizes;
}

function expectedSource({ name }: Series) {
  if (name === SERIES_NAMES.warm) return 'memory';
  if (name === SERIES_NAMES.cold) return 'shared';
  return name === SERIES_NAMES.postgres ? 'truth' : undefined;
}
