import type { Bench } from '../bench-context.js';
import {
  type MeasuredRounds,
  measureRounds,
  summarise,
  warmWithEveryCredential,
  withRounds,
} from '../interleaved-rounds.js';
import type { Section, SectionResult } from '../section.js';
import { reportGuarded } from './guarded-report.js';
import { startGuardedServers } from './guarded-series.js';

/** Requests per second of resource servers on one core, by framework and by how they check tokens. */
export const guarded: Section = { name: 'guarded', run };

const WARM_ROUNDS = 1;
/**
 * How often the servers are started. Two processes that run the same code differ by more than two rounds of one process:
 * V8 compiles what it happens to see first.
 */
const STARTS = 3;
const ROUNDS_PER_START = 6;
/** Short, because a virtual machine is slower for seconds at a time: then, both sides of a ratio are. */
const ROUND_SECONDS = 1;

async function run(given: Bench): Promise<SectionResult> {
  const starts = given.quick ? 1 : STARTS;
  const bench = { ...given, rounds: given.quick ? given.rounds : ROUNDS_PER_START };
  let measured: MeasuredRounds = new Map();
  for (let start = 1; start <= starts; start++) {
    bench.say(`  start ${start} of ${starts}`);
    measured = withRounds(measured, await measureOnce(bench));
  }
  return reportGuarded({ ...bench, starts }, summarise(measured));
}

async function measureOnce(bench: Bench): Promise<MeasuredRounds> {
  const { allSeries, stop } = await startGuardedServers(bench);
  try {
    const sizes = new Map<string, number>();
    for (const series of allSeries) sizes.set(series.name, await warmWithEveryCredential(bench, series));
    for (const { running } of allSeries) await running.server.collectGarbage();
    bench.say('  warm-up done');
    const load = { connections: 16, seconds: ROUND_SECONDS, warmRounds: WARM_ROUNDS };
    return await measureRounds(bench, allSeries, load, sizes);
  } finally {
    await stop();
  }
}
