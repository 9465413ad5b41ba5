import type { Bench } from '../bench-context.js';
import { measureInterleaved, warmWithEveryCredential } from '../interleaved-rounds.js';
import type { Section, SectionResult } from '../section.js';
import { reportGuarded } from './guarded-report.js';
import { startGuardedServers } from './guarded-series.js';

/** Requests per second of resource servers on one core, by framework and by how they check tokens. */
export const guarded: Section = { name: 'guarded', run };

const WARM_ROUNDS = 2;

async function run(bench: Bench): Promise<SectionResult> {
  const { allSeries, stop } = await startGuardedServers(bench);
  try {
    const sizes = new Map<string, number>();
    for (const series of allSeries) sizes.set(series.name, await warmWithEveryCredential(bench, series));
    bench.say('  warm-up done');
    const load = { connections: 16, seconds: bench.roundSeconds, warmRounds: WARM_ROUNDS };
    return reportGuarded(bench, await measureInterleaved(bench, allSeries, load, sizes));
  } finally {
    await stop();
  }
}
