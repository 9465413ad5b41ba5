import type { Bench } from './bench-context.js';
import { loadTargetOf, type Route, type RunningContender } from './contenders/contender.js';
import { type MeasuredLoad, runLoad } from './load/run-load.js';
import { median, spread } from './statistics.js';

export type MeasuredRounds = ReadonlyMap<string, readonly MeasuredLoad[]>;

/** One route of a running contender, with its name in the report. */
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
  /** Half the distance between the slowest and the fastest round, as a fraction of the median of `perSecond`. */
  readonly spread: number;
  readonly perSecondOfRounds: readonly number[];
  readonly p99MsOfRounds: readonly number[];
}

export interface Load {
  readonly connections: number;
  /** Of one round. */
  readonly seconds: number;
  /** Rounds that are not counted, in which V8 optimises the servers. */
  readonly warmRounds?: number;
}

/** Tolerated relative difference between the mean response size and that of the responses whose bodies were checked. */
const SIZE_TOLERANCE = 0.02;

/**
 * Load before each round that is not counted: a server that was idle while the others had their turn first has to do
 * work that a busy one does as it goes.
 */
const LEAD_SECONDS = 1;

/** Runs load until V8 has compiled the hot code, and checks the body of every response. */
export async function warm({ running, route }: Series, seconds: number): Promise<MeasuredLoad> {
  const target = loadTargetOf(running, route);
  return runLoad(running.server, target, { connections: 16, seconds, checked: true });
}

/** Warms up until every credential has been sent. @returns the mean response size in bytes */
export async function warmWithEveryCredential(bench: Bench, series: Series): Promise<number> {
  let bytes = 0;
  for (let sent = 0; sent < bench.sessions; ) {
    const measured = await warm(series, bench.quick ? 1 : 3);
    sent += measured.requests;
    bytes = measured.bytes;
  }
  return bytes;
}

/**
 * Measures the series in turn (A, B, C, A, B, C, ...), so that a temporary slowdown of the machine affects all of them.
 *
 * @param sizes mean size in bytes of a checked response, by series: bodies are not checked here, only their size
 * @returns what each round measured, by series
 */
export async function measureRounds(
  bench: Bench,
  allSeries: readonly Series[],
  { connections, seconds, warmRounds = 0 }: Load,
  sizes: ReadonlyMap<string, number>,
): Promise<MeasuredRounds> {
  const rounds = new Map<string, MeasuredLoad[]>(allSeries.map(({ name }) => [name, []]));
  for (let round = 1 - warmRounds; round <= bench.rounds; round++) {
    for (const { name, running, route } of allSeries) {
      const target = loadTargetOf(running, route);
      await runLoad(running.server, target, { connections, seconds: LEAD_SECONDS });
      const measured = await runLoad(running.server, target, { connections, seconds });
      requireSize(name, measured.bytes, sizes.get(name));
      if (round > 0) rounds.get(name)?.push(measured);
    }
    const which = round > 0 ? `round ${round} of ${bench.rounds}` : 'warm-up round';
    bench.say(`  ${which}, ${connections} connections`);
  }
  return rounds;
}

/** Adds the rounds of another start of the same series. */
export function withRounds(measured: MeasuredRounds, more: MeasuredRounds): MeasuredRounds {
  return new Map([...more].map(([name, rounds]) => [name, [...(measured.get(name) ?? []), ...rounds]]));
}

export function summarise(rounds: MeasuredRounds): Map<string, SeriesResult> {
  return new Map([...rounds].map(([name, measured]) => [name, summaryOf(measured)]));
}

function summaryOf(rounds: readonly MeasuredLoad[]): SeriesResult {
  const valuesOf = (figure: keyof MeasuredLoad) => rounds.map((round) => round[figure]);
  return {
    perSecond: median(valuesOf('perSecond')),
    p50Ms: median(valuesOf('p50Ms')),
    p99Ms: median(valuesOf('p99Ms')),
    serverBusy: median(valuesOf('serverBusy')),
    spread: spread(valuesOf('perSecond')),
    perSecondOfRounds: valuesOf('perSecond'),
    p99MsOfRounds: valuesOf('p99Ms'),
  };
}

function requireSize(name: string, bytes: number, expected: number | undefined): void {
  if (expected === undefined || Math.abs(bytes / expected - 1) <= SIZE_TOLERANCE) return;
  throw new Error(
    `${name}: the mean response has ${bytes.toFixed(0)} bytes, expected ${expected.toFixed(0)}`,
  );
}
