import { type Series, warm } from '../interleaved-rounds.js';
import type { MeasuredLoad } from '../load/run-load.js';

type LookupSource = 'memory' | 'shared' | 'truth';

/** Of the requests of one warm series, so many must have been answered by the source that it is named after. */
const SHARE = 0.98;

/**
 * Warms a series of Latchkey again, and counts which source its sessions came from.
 *
 * @throws when it is not the source that the series is to measure
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
  if (share < SHARE) throw new Error(`${series.name}: only ${share.toFixed(2)} of the requests did so`);
  return measured;
}

async function lookups({ running }: Series): Promise<Record<LookupSource, number>> {
  const answer = await fetch(`${running.server.url}/bench/lookups`);
  const counted = (await answer.json()) as Partial<Record<LookupSource, number>>;
  return { memory: 0, shared: 0, truth: 0, ...counted };
}
