import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The file in `dist` with the hash of what it was built from. */
export const STAMP = '.inputs';

/** Everything that can change the result of a build. The lockfile stands for `node_modules`. */
const INPUTS = [
  ...['src', 'packages', 'migrations', 'web', 'build'],
  ...['package-lock.json', 'tsconfig.json', '.swcrc'],
];
const NOT_INPUTS = /(^|\/)(node_modules|dist)\/|\.spec\.ts$/;

/**
 * A hash of the names and contents of all files that a build reads.
 *
 * @param {string} root the folder of the project
 * @returns {string}
 */
export function hashOf(root) {
  const hash = createHash('sha256');
  for (const path of INPUTS.flatMap((input) => filesBelow(root, input))) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Paths from the root of the project, sorted. */
function filesBelow(root, path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found ? [path] : [];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !NOT_INPUTS.test(file))
    .sort();
}
