import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { installDebianPackage } from './debian-package.js';
import { MissingProgram, pathDirectories } from './programs.js';

/**
 * The path of a program, after installing its Debian package if it is not there.
 *
 * @throws {MissingProgram}
 */
export async function debianProgram(name: string, debianPackage = name): Promise<string> {
  return requireFile(
    [...pathDirectories(), '/usr/sbin'].map((directory) => join(directory, name)),
    debianPackage,
  );
}

/** The first of the files that exists, after installing the Debian package if there is none. @throws {MissingProgram} */
export async function requireFile(paths: readonly string[], debianPackage: string): Promise<string> {
  const found = (await firstReadable(paths)) ?? (await installAndFind(paths, debianPackage));
  if (found === null) {
    throw new MissingProgram(`${debianPackage} is not installed (Debian: apt install ${debianPackage})`);
  }
  return found;
}

async function installAndFind(paths: readonly string[], debianPackage: string): Promise<string | null> {
  return (await installDebianPackage(debianPackage)) ? firstReadable(paths) : null;
}

async function firstReadable(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const isReadable = await access(path, constants.R_OK).then(
      () => true,
      () => false,
    );
    if (isReadable) return path;
  }
  return null;
}
