import type { Bench } from '../bench-context.js';
import { readResults } from '../results.js';
import type { Section, SectionResult } from '../section.js';
import { approaches } from './approaches.js';
import { type Measurement, measureApproach, type Outage } from './measure-approach.js';
import { SERIES_NAMES } from './throughput-series.js';

const COOKIE_SECONDS = 10;

/** The comparison that the whole design rests on. */
export const comparison: Section = { name: 'comparison', run };

async function run(bench: Bench): Promise<SectionResult> {
  const rows: string[][] = [];
  for (const approach of approaches(bench.quick ? 2 : COOKIE_SECONDS)) {
    const measured = await measureApproach(bench, approach);
    bench.say(`  ${approach.name}: ${JSON.stringify(measured)}`);
    rows.push([
      approach.name,
      costOf(approach.series),
      refusal(measured),
      approach.stolen,
      outage(measured.withoutRedis),
      outage(measured.withoutPostgres),
    ]);
  }
  return {
    title: 'Ways to know who is calling',
    notes: [
      `What each costs a request (from the section above, 16 connections), and what it buys. Ended: a session was ended by its own logout or revocation, and then asked for every 20 ms until it was first refused; the time counts from the answer to the logout. The cookie cache was given ${COOKIE_SECONDS} s instead of its default of 300 s, to be measured in time. Without a store: that server was killed, and a session in use was asked for during three seconds.`,
    ],
    tables: [
      {
        columns: [
          '',
          'cost of a request',
          'refused after its end',
          'what a stolen one can do',
          'without Redis',
          'without Postgres',
        ],
        rows,
      },
    ],
  };
}

/** From the last run of the throughput section. */
function costOf(series: keyof typeof SERIES_NAMES): string {
  const perSecond = readResults(['throughput'])[0]?.result.figures?.[series];
  return perSecond ? `${(1e6 / perSecond).toFixed(0)} µs` : '';
}

function refusal({ refusedAfterMs }: Measurement): string {
  if (refusedAfterMs === null) return 'never: until it expires';
  if (!Number.isFinite(refusedAfterMs)) return 'not within 20 s';
  return refusedAfterMs < 1_000
    ? `${refusedAfterMs.toFixed(0)} ms`
    : `${(refusedAfterMs / 1_000).toFixed(1)} s`;
}

function outage(it: Outage | null): string {
  if (it === null) return 'has none';
  const refused = it.asked - it.granted;
  if (refused === 0) return `goes on (slowest answer ${it.slowestMs.toFixed(0)} ms)`;
  const how = it.statuses
    .map((status) => (status === 0 ? 'no answer within 5 s' : String(status)))
    .join(', ');
  return it.granted === 0 ? `refused: ${how}` : `${refused} of ${it.asked} refused: ${how}`;
}
