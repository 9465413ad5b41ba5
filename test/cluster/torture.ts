import { parseArgs } from 'node:util';
import { MissingProgram } from '../support/programs.js';
import type { Deployment } from './history/deployment.js';
import { DEPLOYMENTS } from './history/deployments.js';
import { excerpts } from './history/excerpt.js';
import { summary } from './history/summary.js';
import { startTortureCluster, torture } from './history/torture.js';

/** `npm run torture -- --minutes 30 --seed 7 --on sentinel`: exits with 1 on any violation. */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    on: { type: 'string' },
  },
});
const seconds = Number(values.minutes) * 60;
const seed = Number(values.seed);
const known = Object.keys(DEPLOYMENTS);
if (!(seconds > 0) || !Number.isInteger(seed) || (values.on !== undefined && !known.includes(values.on))) {
  const usage = 'usage: npm run torture -- --minutes <number> --seed <whole number>';
  process.stderr.write(`${[usage, ...(known.length > 0 ? [`[--on ${known.join('|')}]`] : [])].join(' ')}\n`);
  process.exit(2);
}

const startedAt = performance.now();
const log = (line: string) => {
  const elapsed = Math.round((performance.now() - startedAt) / 1_000);
  process.stdout.write(`${String(elapsed).padStart(5)} s  ${line}\n`);
};
const cluster = await startTortureCluster(log, await deploymentOf(values.on));
const { history, violations } = await torture({ seconds, seed, log, cluster }).finally(() => cluster.stop());
for (const text of excerpts(history, violations.slice(0, 20))) process.stdout.write(`\n${text}\n`);
process.stdout.write(`\n${summary(history, violations).join('\n')}\n`);
process.exit(violations.length > 0 ? 1 : 0);

async function deploymentOf(name: string | undefined): Promise<Deployment | undefined> {
  try {
    return await (name === undefined ? undefined : DEPLOYMENTS[name])?.();
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    process.stdout.write(`left out: ${error.message}\n`);
    process.exit(0);
  }
}
