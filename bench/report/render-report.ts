import type { Machine } from '../machine.js';
import type { StoredResult } from '../results.js';
import { renderTable } from './render-table.js';
import { renderTargets } from './render-targets.js';

const INTRODUCTION = [
  'How fast Latchkey is, how it compares with other ways to authenticate a request, and what it costs in memory, at start and as its tables grow. The targets come first, then one section per measurement: what was measured and how, and the results. The [last section](#test-environment) describes the machine and the versions.',
  'All figures were measured by `npm run bench`, which also writes this page. `npm run bench -- --only <section>` repeats one section; adding `--quick` checks in a short run that it works, without storing the figures. Compare figures only within a section: they depend on the machine, and the sections were measured at different times.',
];

/** `docs/benchmarks.md`, from the stored results alone. */
export function renderReport(results: readonly StoredResult[]): string {
  const targets = results.flatMap(({ result }) => result.targets ?? []);
  const parts = [
    '# Benchmarks',
    ...INTRODUCTION,
    '![Requests per second](benchmarks.svg)',
    ...(targets.length > 0 ? ['## Targets', ...renderTargets(targets)] : []),
    ...results.flatMap(renderSection),
    '## Test environment',
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

/** Describes each machine once, followed by the sections that were measured on it. */
function renderMachines(results: readonly StoredResult[]): string[] {
  const machines = new Map<string, { machine: Machine; runs: StoredResult[] }>();
  for (const stored of results) {
    const key = JSON.stringify({ ...stored.machine, versions: undefined });
    const known = machines.get(key) ?? { machine: stored.machine, runs: [] };
    known.runs.push(stored);
    machines.set(key, {
      machine: { ...stored.machine, versions: { ...known.machine.versions, ...stored.machine.versions } },
      runs: known.runs,
    });
  }
  return [...machines.values()].flatMap(({ machine, runs }) => [describeMachine(machine), renderRuns(runs)]);
}

function describeMachine({ cpu, cores, memoryGiB, system, pinned, load, versions }: Machine): string {
  const pinning = pinned
    ? 'The server under test ran on one core; the load generator, Postgres and Redis shared another (`taskset`).'
    : 'No process was pinned to a core, so the server and the load generator competed for CPU time.';
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB of memory, ${system}. The load generator was ${load}. ${pinning} Versions: ${list.join(', ')}.`;
}

function renderRuns(runs: readonly StoredResult[]): string {
  return renderTable({
    columns: ['section', 'measured (UTC)', 'commit', 'command'],
    rows: runs.map(({ section, measuredAt, commit, command }) => [
      section,
      measuredAt.slice(0, 16).replace('T', ' '),
      commit,
      `\`${command}\``,
    ]),
  });
}
