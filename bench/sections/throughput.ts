import { alternate, type Lane, type LaneResult, warm } from '../alternate.js';
import type { Bench } from '../bench-context.js';
import type { Section, SectionResult } from '../section.js';
import { requireTier } from './lookup-tiers.js';
import { LANES, startLanes } from './throughput-lanes.js';
import { reportThroughput } from './throughput-report.js';

export const throughput: Section = { name: 'throughput', run };

async function run(bench: Bench): Promise<SectionResult> {
  const lanes = await startLanes(bench);
  try {
    const sizes = await warmAll(bench, lanes);
    const few = await alternate(bench, lanes, { connections: 16, seconds: bench.roundSeconds }, sizes);
    const seconds = Math.max(1, bench.roundSeconds - 1);
    const many: Map<string, LaneResult> = bench.quick
      ? few
      : await alternate(bench, lanes, { connections: 128, seconds }, sizes);
    return reportThroughput(bench, few, many);
  } finally {
    await Promise.all(lanes.map(({ running }) => running.server.stop('SIGKILL')));
  }
}

/** @returns the mean size of an answer, by lane */
async function warmAll(bench: Bench, lanes: readonly Lane[]): Promise<Map<string, number>> {
  const seconds = bench.quick ? 1 : 3;
  const sizes = new Map<string, number>();
  // The stateless guard of Latchkey knows only tokens that the checked route has verified.
  const [checked, rest] = [lanes.filter(tierOf), lanes.filter((lane) => !tierOf(lane))];
  for (const lane of checked) {
    // Every token and every session once, however long that takes: then memory, or Redis, holds them all.
    for (let sent = 0; sent < bench.sessions; ) sent += (await warm(lane, seconds)).requests;
    sizes.set(lane.name, (await requireTier(lane, tierOf(lane) ?? 'memory', seconds)).bytes);
  }
  for (const lane of rest) sizes.set(lane.name, (await warm(lane, seconds)).bytes);
  bench.say('  every contender is warm');
  return sizes;
}

function tierOf({ name }: Lane) {
  if (name === LANES.warm) return 'memory';
  if (name === LANES.cold) return 'shared';
  return name === LANES.postgres ? 'truth' : undefined;
}
