import { posix } from 'node:path';
import type { Imports } from './source-imports.js';

export interface HouseRules {
  /** Folder -> the folders it may import. Files at the root may import anything. */
  readonly arrows: Readonly<Record<string, readonly string[] | 'anything'>>;
  /** Folder -> packages it must not import. */
  readonly closedTo: Readonly<Record<string, RegExp>>;
  /** Packages that only this folder may import. */
  readonly onlyIn: Readonly<Record<string, RegExp>>;
}

const DRAWERS = /^(utils?|helpers?|common|misc|shared|lib)$/;
const ROOT = '';

/** What breaks the rules, one sentence each; empty when the house is in order. */
export function violations(imports: Imports, rules: HouseRules): string[] {
  const graph = resolveAll(imports);
  return [
    ...[...imports.keys()].flatMap(misplaced),
    ...forbiddenArrows(graph, rules),
    ...forbiddenPackages(imports, rules),
    ...cycles(graph).map((cycle) => `cycle of files: ${cycle.join(' -> ')}`),
    ...cycles(folderGraph(graph)).map((cycle) => `cycle of folders: ${cycle.join(' -> ')}`),
  ];
}

function misplaced(file: string): string[] {
  const drawer = file.split('/').find((part) => DRAWERS.test(part.replace(/\.ts$/, '')));
  return [
    ...(drawer ? [`${file}: "${drawer}" does not say what is in it`] : []),
    ...(posix.basename(file) === 'index.ts' ? [`${file}: a barrel hides who imports what`] : []),
  ];
}

function forbiddenArrows(graph: Map<string, string[]>, { arrows }: HouseRules): string[] {
  return [...graph].flatMap(([file, targets]) => {
    const from = folderOf(file);
    if (from === ROOT) return [];
    const allowed = arrows[from];
    if (!allowed) return [`${file}: the folder ${from} has no rule`];
    if (allowed === 'anything') return [];
    return targets
      .filter((target) => folderOf(target) !== from && !allowed.includes(folderOf(target)))
      .map((target) => `${file} must not import ${target}`);
  });
}

function forbiddenPackages(imports: Imports, { closedTo, onlyIn }: HouseRules): string[] {
  return [...imports].flatMap(([file, names]) => {
    const folder = folderOf(file);
    return names
      .filter((name) => !name.startsWith('.'))
      .filter(
        (name) =>
          closedTo[folder]?.test(name) ||
          Object.entries(onlyIn).some(([owner, packages]) => owner !== folder && packages.test(name)),
      )
      .map((name) => `${file} must not import the package ${name}`);
  });
}

/** The top folder of a file, `../name` for one outside; empty for files at the root. */
function folderOf(file: string): string {
  return /^(?:\.\.\/)*[^/]+(?=\/)/.exec(file)?.[0] ?? ROOT;
}

function resolveAll(imports: Imports): Map<string, string[]> {
  return new Map(
    [...imports].map(([file, names]) => [
      file,
      names
        .filter((name) => name.startsWith('.'))
        .map((name) => posix.join(posix.dirname(file), name).replace(/\.js$/, '.ts')),
    ]),
  );
}

function folderGraph(graph: Map<string, string[]>): Map<string, string[]> {
  const folders = new Map<string, Set<string>>();
  for (const [file, targets] of graph) {
    const from = folderOf(file);
    if (from === ROOT) continue;
    const reached = folders.get(from) ?? new Set();
    folders.set(from, reached);
    for (const to of targets.map(folderOf)) if (to !== from && to !== ROOT) reached.add(to);
  }
  return new Map([...folders].map(([from, reached]) => [from, [...reached]]));
}

/** One cycle per knot: enough to see what to cut. */
function cycles(graph: Map<string, string[]>): string[][] {
  const done = new Set<string>();
  const found: string[][] = [];
  const visit = (node: string, path: string[]): void => {
    const start = path.indexOf(node);
    if (start >= 0) found.push([...path.slice(start), node]);
    if (start >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}
