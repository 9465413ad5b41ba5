// Type declarations of the packages that are published.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const IMPORT = /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g;
/** Packages of this repository, which users cannot install. */
const OWN = /^@latchkey\//;

/**
 * Compiles the declarations of a package, and copies those that its entries need into `dist`.
 *
 * @param {string} folder of the package, which has a `tsconfig.build.json`
 * @param {readonly string[]} entries names of modules in `src`, without `.ts`
 */
export function emitTypes(folder, entries) {
  const compiled = mkdtempSync(join(ROOT, 'node_modules/.package-types-'));
  try {
    const compiler = join(ROOT, 'node_modules/typescript-7/bin/tsc');
    execFileSync(
      process.execPath,
      [compiler, '-p', join(folder, 'tsconfig.build.json'), '--outDir', compiled],
      { stdio: 'inherit' },
    );
    const emitted = join(compiled, relative(ROOT, folder), 'src');
    const needed = new Set();
    for (const name of entries) addNeeded(needed, join(emitted, `${name}.d.ts`));
    for (const path of needed) cpSync(path, join(folder, 'dist', relative(emitted, path)));
  } finally {
    rmSync(compiled, { recursive: true, force: true });
  }
}

function addNeeded(needed, path) {
  if (needed.has(path)) return;
  needed.add(path);
  for (const [, name] of readFileSync(path, 'utf8').matchAll(IMPORT)) {
    if (OWN.test(name)) throw new Error(`${path} has a type of ${name}, which users cannot install`);
    if (name.startsWith('.')) addNeeded(needed, join(dirname(path), name.replace(/\.js$/, '.d.ts')));
  }
}
