import type { Bench } from './bench-context.js';
import { loadTargetOf, type Route, type RunningContender } from './contenders/contender.js';
import { type MeasuredLoad, runLoad } from './load/run-load.js';
import { median, spread } from './statistics.js';

/** One route of a running contender, under the name that the report gives it. */
export interface Series {
  readonly name: string;
  readonly running: RunningContender;
  readonly route: Route;
}

/** Medians over the rounds. */
export interface SeriesResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverBusy: number;
  /** Of `perSecond`: half the distance between the slowest and the fastest round, as a part of the median. */
  readonly spread: number;
  readonly perSecondOfRounds: readonly number[];
  readonly p99MsOfRounds: readonly number[];
}

/** How far the mean size of the answers may be from that of the checked ones. */
const SIZE_TOLERANCE = 0.02;

/** Not measured: a series that has waited for its turn has work to make up for, which one in use has done on the way. */
const LEAD_SECONDS = 1;

/** Sends every credential once if time allows, looks into every answer, and lets the code grow hot. */
export async function warm({ running, route }: Series, seconds: number): Promise<MeasuredLoad> {
  return runLoad(running.server, loadTargetOf(running, route), { connections: 16, seconds, checked: true });
}

/**
 * Measures the series in turn (A, B, C, then again), so that what slows the machine down for a while slows down all.
 *
 * @param sizes mean bytes of a checked answer, by series: bodies are not looked into here, but must be as long
 */
export async function measureInterleaved(
  bench: Bench,
  allSeries: readonly Series[],
  { connections, seconds }: { connections: number; seconds: number },
  sizes: ReadonlyMap<string, number>,
): Promise<Map<string, SeriesResult>> {
  const rounds = new Map<string, MeasuredLoad[]>(allSeries.map(({ name }) => [name, []]));
  for (let round = 1; round <= bench.rounds; round++) {
    for (const { name, running, route } of allSeries) {
      const target = loadTargetOf(running, route);
      await runLoad(running.server, target, { connections, seconds: LEAD_SECONDS });
      const measured = await runLoad(running.server, target, { connections, seconds });
      requireSize(name, measured.bytes, sizes.get(name));
      rounds.get(name)?.push(measured);
    }
    bench.say(`  round ${round} of ${bench.rounds}, ${connections} connections`);
  }
  return new Map([...rounds].map(([name, measured]) => [name, summarise(measured)]));
}

function summarise(rounds: readonly MeasuredLoad[]): SeriesResult {
  const of = (figure: keyof MeasuredLoad) => rounds.map((round) => round[figure]);
  return {
    perSecond: median(of('perSecond')),
    p50Ms: median(of('p50Ms')),
    p99Ms: median(of('p99Ms')),
    serverBusy: median(of('serverBusy')),
    spread: spread(of('perSecond')),
    perSecondOfRounds: of('perSecond'),
    p99MsOfRounds: of('p99Ms'),
  };
}

function requireSize(name: string, bytes: number, expected: number | undefined): void {
  if (expected === undefined || Math.abs(bytes / expected - 1) <= SIZE_TOLERANCE) return;
  throw new Error(
    `${name}: answers of ${bytes.toFixed(0)} bytes, where good ones have ${expected.toFixed(0)}`,
  );
}
