import { parseArgs } from 'node:util';
import { excerpts } from './history/excerpt.js';
import { summary } from './history/summary.js';
import { torture } from './history/torture.js';

/** `npm run torture -- --minutes 30 --seed 7`: exits with 1 on any violation. */
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' } },
});
const seconds = Number(values.minutes) * 60;
const seed = Number(values.seed);
if (!(seconds > 0) || !Number.isInteger(seed)) {
  process.stderr.write('usage: npm run torture -- --minutes <number> --seed <whole number>\n');
  process.exit(2);
}

const startedAt = performance.now();
const log = (line: string) => {
  const elapsed = Math.round((performance.now() - startedAt) / 1_000);
  process.stdout.write(`${String(elapsed).padStart(5)} s  ${line}\n`);
};
const { history, violations } = await torture({ seconds, seed, log });
for (const text of excerpts(history, violations.slice(0, 20))) process.stdout.write(`\n${text}\n`);
process.stdout.write(`\n${summary(history, violations).join('\n')}\n`);
process.exit(violations.length > 0 ? 1 : 0);
