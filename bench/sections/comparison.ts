import { readResults } from '../results.js';
import type { Section, SectionResult } from '../section.js';
import { type Approach, approaches } from './approaches.js';
import { type Measurement, measureApproach, type Outage } from './measure-approach.js';
import type { SERIES_NAMES } from './throughput-series.js';

const COOKIE_CACHE_SECONDS = 10;

/** Compares ways to authenticate a request: what each costs, and how soon a revoked session is refused. */
export const comparison: Section = {
  name: 'comparison',
  async run(bench) {
    const measured: MeasuredApproach[] = [];
    for (const approach of approaches(bench.quick ? 2 : COOKIE_CACHE_SECONDS)) {
      const measurement = await measureApproach(bench, approach);
      bench.say(`  ${approach.name}: ${JSON.stringify(measurement)}`);
      measured.push({ approach, measurement });
    }
    return reportComparison(measured);
  },
};

interface MeasuredApproach {
  readonly approach: Approach;
  readonly measurement: Measurement;
}

export function reportComparison(measured: readonly MeasuredApproach[]): SectionResult {
  return {
    title: 'Ways to authenticate a request',
    notes: [
      'What each approach costs per request (one second divided by the requests per second at 16 connections, from the `throughput` results that were stored when this section was measured, so the figures can differ slightly from the table above), and what it does when a session is revoked, a credential is stolen or a store fails.',
      `**Refused after revocation**: a session was ended by the approach's own logout or revocation endpoint. From the answer to that, a request with its credential was sent every 20 ms until the first refusal. The cookie cache was set to ${COOKIE_CACHE_SECONDS} s instead of its default of 300 s, to keep the measurement short. **Without Redis, without Postgres**: that server was killed, and a session in use sent requests for three seconds.`,
    ],
    tables: [
      {
        columns: [
          '',
          'cost per request',
          'refused after revocation',
          'a stolen credential works',
          'without Redis',
          'without Postgres',
        ],
        rows: measured.map(({ approach, measurement }) => [
          approach.name,
          costOf(approach.series),
          describeRefusal(measurement),
          approach.stolenCredential,
          describeOutage(measurement.withoutRedis),
          describeOutage(measurement.withoutPostgres),
        ]),
      },
    ],
  };
}

/** From the stored result of the throughput section. */
function costOf(series: keyof typeof SERIES_NAMES): string {
  const perSecond = readResults(['throughput'])[0]?.result.figures?.[series];
  return perSecond ? `${(1e6 / perSecond).toFixed(0)} µs` : '';
}

function describeRefusal({ refusedAfterMs }: Measurement): string {
  if (refusedAfterMs === null) return 'never (only when it expires)';
  if (!Number.isFinite(refusedAfterMs)) return 'not within 20 s';
  return refusedAfterMs < 1_000
    ? `${refusedAfterMs.toFixed(0)} ms`
    : `${(refusedAfterMs / 1_000).toFixed(1)} s`;
}

function describeOutage(outage: Outage | null): string {
  if (outage === null) return 'does not use it';
  const refused = outage.requests - outage.granted;
  if (refused === 0) return `keeps working (slowest answer ${outage.slowestMs.toFixed(0)} ms)`;
  const reasons = outage.statuses.map((status) => (status === 0 ? 'no answer within 5 s' : String(status)));
  const share = outage.granted === 0 ? 'fails' : `${refused} of ${outage.requests} requests fail`;
  return `${share}: ${reasons.join(', ')}`;
}
