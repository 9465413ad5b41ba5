import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { RunAs } from './run-as.js';

const run = promisify(execFile);

/** A server that the tests need is not on this machine: its message is the one line to show. */
export class MissingProgram extends Error {
  override readonly name = 'MissingProgram';
}

/** The directories of `PATH`. */
export function pathDirectories(): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
}

/** `<parent>/<entry>/<below>` for every entry that matches, newest version first. */
export async function versionedDirectories(parent: string, entry: RegExp, below: string): Promise<string[]> {
  const names = await readdir(parent).catch(() => []);
  return names
    .filter((name) => entry.test(name))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => join(parent, name, below));
}

/**
 * The first of these directories in which each of the programs starts for that user and is new enough.
 * Asking for the version finds the wrong architecture, a missing library and a closed path as well.
 */
export async function directoryWith(
  programs: string[],
  directories: string[],
  minMajor: number,
  runAs: RunAs = {},
): Promise<string | null> {
  for (const directory of directories) {
    const all = await Promise.all(programs.map((name) => startable(join(directory, name), minMajor, runAs)));
    if (all.every(Boolean)) return directory;
  }
  return null;
}

async function startable(program: string, minMajor: number, runAs: RunAs): Promise<boolean> {
  try {
    await access(program, constants.X_OK);
    const { stdout } = await run(program, ['--version'], { ...runAs, cwd: '/', timeout: 10_000 });
    return Number(/\d+/.exec(stdout.replace(/^.*?(?=\d+\.)/s, ''))?.[0]) >= minMajor;
  } catch {
    // Not there, or not for this machine: the next place is asked.
    return false;
  }
}
