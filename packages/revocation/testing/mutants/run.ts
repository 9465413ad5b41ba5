// `npm run mutants`: applies each change of `mutants.ts` to a copy of the package, and requires that its unit tests fail.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MUTANTS, type Mutant } from './mutants.js';

const PROJECT = fileURLToPath(new URL('../../../../', import.meta.url));
const PACKAGE = 'packages/revocation';
/** A change may make a test wait for something that never happens. */
const TIMEOUT_MS = 180_000;

const copy = mkdtempSync(join(tmpdir(), 'latchkey-mutants-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
mkdirSync(join(copy, 'packages'));
cpSync(join(PROJECT, PACKAGE), join(copy, PACKAGE), { recursive: true });
for (const options of ['.swcrc', 'build/swc-options.mjs'])
  cpSync(join(PROJECT, options), join(copy, options));
symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));

const only = process.argv[2];
const chosen = MUTANTS.filter(({ name, file }) => only === undefined || `${file}: ${name}`.includes(only));

if (!passes([], 'inherit')) fail('the unit tests fail without a change');
const survivors = chosen.filter((mutant) => {
  const startedAt = performance.now();
  const isKilled = isKilledByTests(mutant);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(`${isKilled ? 'killed  ' : 'SURVIVED'} ${mutant.file}: ${mutant.name} (${seconds} s)`);
  return !isKilled;
});
console.log(`${chosen.length - survivors.length} of ${chosen.length} mutants killed`);
process.exitCode = survivors.length > 0 ? 1 : 0;

function isKilledByTests({ file, search, replacement, name }: Mutant): boolean {
  const path = join(copy, PACKAGE, 'src', file);
  const source = readFileSync(path, 'utf8');
  if (source.split(search).length !== 2) fail(`${file}: the code to change does not occur once: ${name}`);
  writeFileSync(
    path,
    source.replace(search, () => replacement),
  );
  try {
    return testsOf(file).some((specs) => !passes(specs));
  } finally {
    writeFileSync(path, source);
  }
}

/** Which tests to run, one set after the other: those nearest to the file are the fastest, and usually enough. */
function testsOf(file: string): string[][] {
  const own = `src/${file.replace(/\.ts$/, '.spec.ts')}`;
  const folder = dirname(`src/${file}`);
  const nearest = existsSync(join(copy, PACKAGE, own)) ? [[own]] : [];
  return [...nearest, ...(folder === 'src' ? [] : [[`${folder}/`]]), []];
}

function passes(specs: readonly string[], stdio: 'inherit' | 'ignore' = 'ignore'): boolean {
  const jest = join(PROJECT, 'node_modules/jest/bin/jest.js');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const { status } = spawnSync(
    process.execPath,
    [...flags, jest, '-c', 'jest.config.js', '--bail', ...specs],
    {
      cwd: join(copy, PACKAGE),
      stdio,
      timeout: TIMEOUT_MS,
    },
  );
  return status === 0;
}

function fail(reason: string): never {
  console.error(reason);
  process.exit(2);
}
