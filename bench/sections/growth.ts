import { loadSessions } from '../growth/load-sessions.js';
import { measureOperations, measureSweep, type Times } from '../growth/measure-operations.js';
import { measureSize, type Size } from '../growth/measure-size.js';
import { populationOf } from '../growth/population.js';
import type { Section } from '../section.js';
import { quantile } from '../statistics.js';

const SMALL = 10_000;
const SIZES = [SMALL, 1_000_000, 10_000_000];
const SAMPLES = 1_000;
const TARGET_RATIO = 1.5;

export interface Measured {
  readonly sessions: number;
  readonly times: Times;
  readonly sizes: readonly Size[];
}

/** Whether it stays fast with what piles up.  */
export const growth: Section = {
  name: 'growth',
  isLong: true,
  async run(bench) {
    const measured: Measured[] = [];
    for (const sessions of bench.quick ? SIZES.slice(0, 2).map((it) => it / 10 + 9_000) : SIZES) {
      const url = await bench.stores.createServiceDatabase();
      await loadSessions(url, populationOf(sessions), (line) => bench.say(`${sessions} sessions, ${line}`));
      measured.push(await measureGrown(bench, url, sessions));
    }
    return growthResult(measured);
  },
};

export async function measureGrown(
  bench: Parameters<typeof measureOperations>[0],
  url: string,
  sessions: number,
  samples = SAMPLES,
): Promise<Measured> {
  const sizes = await measureSize(url);
  const times = {
    ...(await measureOperations(bench, url, samples)),
    'a hundred rows of the sweep of a day': await measureSweep(url),
  };
  return { sessions, times, sizes };
}

export function growthResult(measured: readonly Measured[]) {
  const [first] = measured;
  const last = measured.at(-1);
  if (!first || !last) throw new Error('nothing was measured');
  const count = ({ sessions }: Measured) => sessions.toLocaleString('en');
  const cell = (values: readonly number[] = []) =>
    `${quantile(values, 0.5).toFixed(2)} / ${quantile(values, 0.99).toFixed(2)} ms`;
  const growth = (path: string) =>
    quantile(last.times[path] ?? [], 0.99) / quantile(first.times[path] ?? [], 0.99);
  const paths = Object.keys(first.times);
  const perSession = (bytes: number, sessions: number) => `${Math.round(bytes / sessions)} B`;
  return {
    title: 'Growth',
    notes: [
      'One instance without Redis that remembers one session, so that everything is read from Postgres; half of the sessions have ended, and a day’s worth is due for the sweeper. Requests one after the other: median / p99 as the client sees them; of the sweeper, each statement, which takes up to 500 rows, by its number of rows.',
    ],
    tables: [
      {
        columns: ['sessions in Postgres', ...measured.map(count), 'p99, last to first'],
        rows: paths.map((path) => [
          path,
          ...measured.map(({ times }) => cell(times[path])),
          growth(path).toFixed(2),
        ]),
      },
      {
        caption: `Bytes per session, at ${count(last)}`,
        columns: ['', 'rows per session', 'table', 'indexes'],
        rows: last.sizes.map(({ table, rows, tableBytes, indexBytes }) => [
          table,
          (rows / last.sessions).toFixed(2),
          perSession(tableBytes, last.sessions),
          perSession(indexBytes, last.sessions),
        ]),
      },
    ],
    targets: paths.map((path) => ({
      claim: `${path}: p99 at ${count(last)} sessions against ${count(first)}`,
      measured: growth(path),
      bound: 'at most' as const,
      target: TARGET_RATIO,
      unit: 'x',
    })),
  };
}
