import type { Bench } from '../bench-context.js';
import { measureInterleaved, type Series, type SeriesResult, warm } from '../interleaved-rounds.js';
import type { Section, SectionResult } from '../section.js';
import { requireLookupSource } from './lookup-source.js';
import { reportThroughput } from './throughput-report.js';
import { SERIES_NAMES, startSeries } from './throughput-series.js';

/** Requests per second on one core: Latchkey's session check beside unchecked routes and other session services. */
export const throughput: Section = { name: 'throughput', run };

async function run(bench: Bench): Promise<SectionResult> {
  const allSeries = await startSeries(bench);
  try {
    const sizes = await warmAll(bench, allSeries);
    const few = await measureInterleaved(
      bench,
      allSeries,
      { connections: 16, seconds: bench.roundSeconds },
      sizes,
    );
    const seconds = Math.max(1, bench.roundSeconds - 1);
    const many: Map<string, SeriesResult> = bench.quick
      ? few
      : await measureInterleaved(bench, allSeries, { connections: 128, seconds }, sizes);
    return reportThroughput(bench, few, many);
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
