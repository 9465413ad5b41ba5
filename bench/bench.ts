import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench } from './bench-context.js';
import { installContenders } from './contenders/install-contenders.js';
import { currentCommit, describeMachine } from './machine.js';
import { writeReport } from './report/write-report.js';
import { readResults, writeResult } from './results.js';
import { SECTIONS } from './sections/all-sections.js';
import { pinSelf } from './servers/cores.js';
import { openStores } from './servers/stores.js';

/** `npm run bench -- [--quick] [--only throughput,...] [--report]` */
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    // Only writes the report, from the stored results.
    report: { type: 'boolean', default: false },
  },
});
const names = SECTIONS.map(({ name }) => name);
const only = values.only?.split(',') ?? SECTIONS.filter((it) => !it.isLong).map(({ name }) => name);
const unknown = only.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`unknown section: ${unknown.join(', ')}; available: ${names.join(', ')}\n`);
  process.exit(2);
}

const startedAt = performance.now();
const say = (line: string) => {
  const elapsed = Math.round((performance.now() - startedAt) / 1_000);
  process.stdout.write(`${String(elapsed).padStart(5)} s  ${line}\n`);
};
if (!values.report) await measure();
// The figures of a quick run are too rough for the report.
if (!values.quick) writeReport(readResults(names));

async function measure(): Promise<void> {
  installContenders(say);
  const cores = pinSelf();
  const stores = await openStores();
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  try {
    const machine = describeMachine(stores, cores);
    say(
      `${machine.cpu}, ${machine.cores} cores, ${machine.load}${cores ? '' : ', no process pinned to a core'}`,
    );
    const bench: Bench = {
      quick: values.quick,
      rounds: values.quick ? 1 : 5,
      roundSeconds: values.quick ? 1 : 3,
      sessions: values.quick ? 300 : 10_000,
      stores,
      cores,
      directory,
      say,
    };
    for (const section of SECTIONS.filter(({ name }) => only.includes(name))) {
      say(section.name);
      const result = await section.run(bench);
      const measuredAt = new Date().toISOString();
      const command = `npm run bench -- --only ${section.name}${values.quick ? ' --quick' : ''}`;
      const stored = {
        section: section.name,
        measuredAt,
        commit: currentCommit(),
        quick: values.quick,
        command,
      };
      if (values.quick) say(JSON.stringify(result, null, 2));
      else writeResult({ ...stored, machine, result });
    }
  } finally {
    await stores.release();
    rmSync(directory, { recursive: true, force: true });
  }
}
