import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { RunAs } from './run-as.js';

const run = promisify(execFile);

/** A server program that the tests need is missing; the message is the one line to show to the user. */
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
 * Returns the first directory in which every program is new enough and can be run by the user.
 * Running `--version` also detects a wrong architecture, a missing library and missing permissions.
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
    // Not here, or not runnable on this machine: try the next directory.
    return false;
  }
}
