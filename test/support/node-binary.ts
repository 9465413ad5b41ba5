import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/latchkey-node/', import.meta.url));
const DOWNLOAD_TIMEOUT_MS = 120_000;

export type NodeBinary = { readonly path: string } | { readonly missing: string };

/** The newest Node of a major version, installed with npm into a cache; or the reason why it cannot be had. */
export async function nodeBinary(major: number): Promise<NodeBinary> {
  if (process.versions.node.startsWith(`${major}.`)) return { path: process.execPath };
  const name = `node-${process.platform}-${process.arch}`;
  const folder = `${CACHE}${major}`;
  const path = `${folder}/node_modules/${name}/bin/node`;
  try {
    if (!(await exists(path))) await install(`${name}@${major}`, folder);
    const { stdout } = await run(path, ['--version']);
    return stdout.startsWith(`v${major}.`) ? { path } : { missing: `${name}@${major} is ${stdout.trim()}` };
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return { missing: ((stderr || message).trim().split('\n')[0] ?? '').slice(0, 200) };
  }
}

async function install(spec: string, folder: string): Promise<void> {
  const options = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', '--prefix', folder, ...options, spec], { timeout: DOWNLOAD_TIMEOUT_MS });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
