import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Finished {
  /** `null` after a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One program of the service, as a process of its own; it gets no input. */
export function spawnSource(file: string, args: readonly string[], env: Record<string, string>) {
  return spawn(
    process.execPath,
    ['--import', new URL('./typescript.mjs', import.meta.url).href, inProject(file), ...args],
    { env: { PATH: process.env.PATH, ...env }, stdio: ['pipe', 'pipe', 'pipe'] },
  );
}

/**
 * Runs a program to its end.
 *
 * @param file from the root of the project: `src/cli/user.ts`
 * @param env the whole environment, but for this machine's PATH
 * @param input what it reads from its standard input
 */
export async function runSource(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
  input = '',
): Promise<Finished> {
  const child = spawnSource(file, args, env);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // It may end without having read anything.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

function inProject(file: string): string {
  return fileURLToPath(new URL(`../../${file}`, import.meta.url));
}
