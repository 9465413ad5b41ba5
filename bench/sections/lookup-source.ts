import { type Series, warm } from '../interleaved-rounds.js';
import type { MeasuredLoad } from '../load/run-load.js';

/** Where Latchkey found a session: its memory cache, the shared cache in Redis, or Postgres. Values of the metric's label. */
type LookupSource = 'memory' | 'shared' | 'truth';

/** Share of the requests that must have been answered from the source that the series is meant to measure. */
const REQUIRED_SHARE = 0.98;

/**
 * Runs warm-up load against a Latchkey series that is already warm, and checks where its sessions came from.
 *
 * @throws if they did not come from `source`: the series would not measure what its name says
 */
export async function requireLookupSource(
  series: Series,
  source: LookupSource,
  seconds: number,
): Promise<MeasuredLoad> {
  const before = await lookups(series);
  const measured = await warm(series, seconds);
  const after = await lookups(series);
  const share = (after[source] - before[source]) / measured.requests;
  if (share < REQUIRED_SHARE) {
    throw new Error(`${series.name}: only ${(share * 100).toFixed(0)} % of the lookups used '${source}'`);
  }
  return measured;
}

async function lookups({ running }: Series): Promise<Record<LookupSource, number>> {
  const response = await fetch(`${running.server.url}/bench/lookups`);
  const counts = (await response.json()) as Partial<Record<LookupSource, number>>;
  return { memory: 0, shared: 0, truth: 0, ...counts };
}
