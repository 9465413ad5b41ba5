import { type Lane, warm } from '../alternate.js';
import type { Measured } from '../load/load.js';

type Tier = 'memory' | 'shared' | 'truth';

/** Of the requests of one warm lane, so many must have been answered by the tier that it is named after. */
const SHARE = 0.98;

/**
 * Warms a lane of Latchkey again, and counts which tier its sessions came from.
 *
 * @throws when it is not the tier that the lane is to measure
 */
export async function requireTier(lane: Lane, tier: Tier, seconds: number): Promise<Measured> {
  const before = await lookups(lane);
  const measured = await warm(lane, seconds);
  const after = await lookups(lane);
  const share = (after[tier] - before[tier]) / measured.requests;
  if (share < SHARE) throw new Error(`${lane.name}: only ${share.toFixed(2)} of the requests did so`);
  return measured;
}

async function lookups({ running }: Lane): Promise<Record<Tier, number>> {
  const answer = await fetch(`${running.server.url}/bench/lookups`);
  const counted = (await answer.json()) as Partial<Record<Tier, number>>;
  return { memory: 0, shared: 0, truth: 0, ...counted };
}
