import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { directoryWith, pathDirectories } from './programs.js';

const run = promisify(execFile);

/** One install at a time: apt takes an exclusive lock. */
let lastInstall: Promise<boolean> = Promise.resolve(false);

/**
 * Installs a package on Debian if the process runs as root, as in a container.
 *
 * @returns whether it was installed
 */
export function installDebianPackage(name: string): Promise<boolean> {
  lastInstall = lastInstall.then(() => install(name));
  return lastInstall;
}

async function install(name: string): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  if (!(await directoryWith(['apt-get'], pathDirectories(), 1))) return false;
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 300_000,
    maxBuffer: 64 * 1024 * 1024,
  };
  process.stderr.write(`installing the package ${name}\n`);
  try {
    // The install may still succeed with an outdated package list.
    await run('apt-get', ['update'], options).catch(() => {});
    await run('apt-get', ['install', '-y', '--no-install-recommends', name], options);
    return true;
  } catch {
    // No network or no such package: the caller reports what to install manually.
    return false;
  }
}
