import type { Machine } from '../machine.js';
import type { StoredResult } from '../results.js';
import { renderTable } from './render-table.js';
import { renderTargets } from './render-targets.js';

/** `docs/benchmarks.md`, from results alone. */
export function renderReport(results: readonly StoredResult[]): string {
  const targets = results.flatMap(({ result }) => result.targets ?? []);
  const parts = [
    '# Benchmarks',
    'Written by `npm run bench` (`-- --only <section>` measures a part again, `-- --quick` tries it out). Every figure was measured; compare figures within a section, not with those of another machine.',
    '![Requests per second](benchmarks.svg)',
    ...(targets.length > 0 ? ['## Targets', renderTargets(targets)] : []),
    ...results.flatMap(renderSection),
    '## Where it was measured',
    ...renderMachines(results),
  ];
  return `${parts.join('\n\n')}\n`;
}

function renderSection({ result }: StoredResult): string[] {
  return [
    `## ${result.title}`,
    ...result.notes,
    ...result.tables.map(renderTable),
    ...(result.remarks ?? []),
  ];
}

/** Each machine once, with the sections that ran on it. */
function renderMachines(results: readonly StoredResult[]): string[] {
  const machines = new Map<string, { machine: Machine; of: StoredResult[] }>();
  for (const stored of results) {
    const key = JSON.stringify({ ...stored.machine, versions: undefined });
    const known = machines.get(key) ?? { machine: stored.machine, of: [] };
    known.of.push(stored);
    machines.set(key, {
      machine: { ...stored.machine, versions: { ...known.machine.versions, ...stored.machine.versions } },
      of: known.of,
    });
  }
  return [...machines.values()].flatMap(({ machine, of }) => [describe(machine), renderRuns(of)]);
}

function describe({ cpu, cores, memoryGiB, system, pinned, load, versions }: Machine): string {
  const pinning = pinned
    ? 'The server under test ran on one core, the load generator, Postgres and Redis on another (`taskset`).'
    : 'Nothing was pinned to a core: server and load took from each other.';
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB of memory, ${system}; load by ${load}. ${pinning} ${list.join(', ')}.`;
}

function renderRuns(of: readonly StoredResult[]): string {
  return renderTable({
    columns: ['section', 'measured', 'commit', 'command'],
    rows: of.map(({ section, measuredAt, commit, command }) => [
      section,
      measuredAt.slice(0, 16).replace('T', ' '),
      commit,
      `\`${command}\``,
    ]),
  });
}
