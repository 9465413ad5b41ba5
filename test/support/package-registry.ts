import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Whether the package registry can be reached. If not, says in one line what is left out.
 *
 * @param test what needs it, as in `the installation of the client`
 */
export async function canInstallPackages(test: string): Promise<boolean> {
  try {
    await run('npm', ['view', 'fastify-plugin', 'version', '--fetch-retries=0']);
    return true;
  } catch {
    process.stderr.write(`left out: ${test}, because the package registry cannot be reached\n`);
    return false;
  }
}
