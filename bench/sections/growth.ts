import type { Bench } from '../bench-context.js';
import { loadSessions } from '../growth/load-sessions.js';
import { type Durations, measureOperations, measureSweep } from '../growth/measure-operations.js';
import { measureSize, type TableSize } from '../growth/measure-size.js';
import { populationOf } from '../growth/population.js';
import type { Section, SectionResult } from '../section.js';
import { quantile } from '../statistics.js';

const SIZES = [10_000, 1_000_000, 10_000_000];
const QUICK_SIZES = [10_000, 109_000];
const SAMPLES = 1_000;
const TARGET_RATIO = 1.5;

interface GrowthFigures {
  readonly sessions: number;
  readonly durations: Durations;
  readonly tables: readonly TableSize[];
}

/** Whether the service stays fast as its tables grow. */
export const growth: Section = {
  name: 'growth',
  isLong: true,
  async run(bench) {
    const measured: GrowthFigures[] = [];
    for (const sessions of bench.quick ? QUICK_SIZES : SIZES) {
      measured.push(await measureGrowth(bench, sessions));
    }
    return reportGrowth(measured);
  },
};

async function measureGrowth(bench: Bench, sessions: number): Promise<GrowthFigures> {
  const url = await bench.stores.createServiceDatabase();
  await loadSessions(url, populationOf(sessions), (line) => bench.say(`  ${sessions} sessions, ${line}`));
  const tables = await measureSize(url);
  const durations = {
    ...(await measureOperations(bench, url, SAMPLES)),
    "sweeping one day's rows, per 100 rows": await measureSweep(url),
  };
  return { sessions, durations, tables };
}

export function reportGrowth(measured: readonly GrowthFigures[]): SectionResult {
  const [first] = measured;
  const last = measured.at(-1);
  if (!first || !last) throw new Error('nothing was measured');
  const count = ({ sessions }: GrowthFigures) => sessions.toLocaleString('en');
  const p99 = ({ durations }: GrowthFigures, operation: string) => quantile(durations[operation] ?? [], 0.99);
  const ratio = (operation: string) => p99(last, operation) / p99(first, operation);
  const p50 = ({ durations }: GrowthFigures, operation: string) =>
    `${quantile(durations[operation] ?? [], 0.5).toFixed(2)} ms`;
  const operations = Object.keys(first.durations);
  return {
    title: 'Growth',
    notes: [
      'One instance without Redis whose memory cache holds a single session, so that every request reads from Postgres. Half of the sessions are active and half have ended, and one day’s worth of rows is due for the sweeper. Requests are sent one after another; the table shows median / p99 as seen by the client. For the sweeper it shows the time per 100 rows of each statement, which handles up to 500 rows.',
    ],
    tables: [
      {
        columns: ['sessions in Postgres', ...measured.map(count), 'p99, last relative to first'],
        rows: operations.map((operation) => [
          operation,
          ...measured.map(({ durations }) => medianAndP99(durations[operation])),
          ratio(operation).toFixed(2),
        ]),
      },
      tableSizes(last, count(last)),
    ],
    targets: operations.map((operation) => ({
      claim: `${operation}: p99 with ${count(last)} sessions, relative to ${count(first)}`,
      measured: ratio(operation),
      bound: 'at most',
      target: TARGET_RATIO,
      unit: 'x',
      ifMissed: `The median is ${p50(first, operation)} with ${count(first)} sessions and ${p50(last, operation)} with ${count(last)}.`,
    })),
  };
}

function medianAndP99(values: readonly number[] = []): string {
  return `${quantile(values, 0.5).toFixed(2)} / ${quantile(values, 0.99).toFixed(2)} ms`;
}

function tableSizes({ sessions, tables }: GrowthFigures, count: string) {
  const perSession = (bytes: number) => `${Math.round(bytes / sessions)} B`;
  return {
    caption: `Bytes per session, with ${count} sessions`,
    columns: ['', 'rows per session', 'table', 'indexes'],
    rows: tables.map(({ table, rows, tableBytes, indexBytes }) => [
      table,
      (rows / sessions).toFixed(2),
      perSession(tableBytes),
      perSession(indexBytes),
    ]),
  };
}
