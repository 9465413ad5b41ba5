import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built programs, from the root of the project. They start in a third of the time that their source takes. */
export const MAIN = 'dist/src/main.js';
export const COMMAND = 'dist/src/cli/latchkey.js';

export interface Finished {
  /** `null` after a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program from its source, as a separate process. */
export function spawnSource(file: string, args: readonly string[], env: Record<string, string>) {
  return spawn(
    process.execPath,
    ['--import', new URL('./typescript.mjs', import.meta.url).href, inProject(file), ...args],
    { env: { PATH: process.env.PATH, ...env }, stdio: ['pipe', 'pipe', 'pipe'] },
  );
}

/** Runs a program from its source to its end. */
export function runSource(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Finished> {
  return finished(spawnSource(file, args, env), '');
}

/**
 * Runs a built program to its end.
 *
 * @param file from the root of the project, such as `COMMAND`
 * @param env the whole environment, but for this machine's PATH
 * @param input what it reads from its standard input
 */
export function runProgram(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
  input = '',
): Promise<Finished> {
  return finished(
    spawn(process.execPath, [inProject(file), ...args], { env: { PATH: process.env.PATH, ...env } }),
    input,
  );
}

/** Runs a script with `sh`. @param env in addition to this machine's PATH */
export function runShell(script: string, env: Record<string, string>): Promise<Finished> {
  return finished(spawn('sh', ['-c', script], { env: { PATH: process.env.PATH, ...env } }), '');
}

async function finished(child: ChildProcessWithoutNullStreams, input: string): Promise<Finished> {
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

/** An absolute path stays as it is. */
export function inProject(file: string): string {
  if (isAbsolute(file)) return file;
  return fileURLToPath(new URL(`../../${file}`, import.meta.url));
}
