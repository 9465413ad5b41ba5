import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { inProject } from '../../support/run-program.js';

const run = promisify(execFile);
const ROOT = inProject('');
/** While there is no release: the last commit before the migrations AnonymiseEndedSessions to CreateUndeliverableAddresses. */
const BEFORE_RELEASES = '0468846746b2';

/** An earlier version of the service, built in its own directory. */
export interface BaseVersion {
  /** What git calls it. */
  readonly name: string;
  readonly directory: string;
  remove(): Promise<void>;
}

/** The version to upgrade from: `LATCHKEY_UPGRADE_FROM`, or the last tag; `null` if this checkout does not have it. */
export async function baseCommit(): Promise<string | null> {
  const lastTag = await git('describe', '--tags', '--abbrev=0').catch(() => null);
  const wanted = process.env.LATCHKEY_UPGRADE_FROM || lastTag || BEFORE_RELEASES;
  return git('rev-parse', '--verify', '--quiet', `${wanted}^{commit}`).then(
    () => wanted,
    () => null,
  );
}

/** Copies the files of a commit and builds them, with its dependencies. */
export async function buildBaseVersion(name: string): Promise<BaseVersion> {
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-base-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const archive = join(directory, 'base.tar');
    await git('archive', '--output', archive, name);
    await run('tar', ['-xf', archive, '-C', directory]);
    await rm(archive);
    if (await hasSameDependencies(directory)) await linkDependencies(directory);
    else await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: directory });
    await run('npm', ['run', 'build'], { cwd: directory });
    return { name, directory, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function hasSameDependencies(directory: string): Promise<boolean> {
  const [base, own] = await Promise.all(
    [directory, ROOT].map((root) => readFile(join(root, 'package-lock.json'), 'utf8')),
  );
  return base === own;
}

/** Links all packages except those of the workspaces, which are those of the base version. */
async function linkDependencies(directory: string): Promise<void> {
  const [from, to] = [join(ROOT, 'node_modules'), join(directory, 'node_modules')];
  await mkdir(join(to, '@latchkey'), { recursive: true });
  for (const name of await readdir(from)) {
    if (name !== '@latchkey') await symlink(join(from, name), join(to, name));
  }
  for (const name of await readdir(join(directory, 'packages'))) {
    await symlink(join(directory, 'packages', name), join(to, '@latchkey', basename(name)));
  }
}

async function git(...args: string[]): Promise<string> {
  return (await run('git', args, { cwd: ROOT })).stdout.trim();
}
