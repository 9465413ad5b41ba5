import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The core of the server under test, and the core of the load generator and the stores. */
export interface Cores {
  readonly server: number;
  readonly load: number;
}

/**
 * Pins this process to the load's core. Its child processes inherit that, unless they are started with `onServerCore`.
 *
 * @returns null if nothing was pinned, because there is only one core or no `taskset`
 */
export function pinSelf(): Cores | null {
  if (availableParallelism() < 2) return null;
  const cores = { server: 0, load: 1 };
  try {
    moveSelf(`${cores.load}`);
    return cores;
  } catch {
    // Without taskset or the right to use these cores nothing is pinned, and the report says so.
    return null;
  }
}

/** Runs with this process, and those that it starts, on all cores: nothing is the server under test. */
export async function onAllCores<T>(cores: Cores | null, run: () => Promise<T>): Promise<T> {
  if (!cores) return run();
  moveSelf(`${cores.server},${cores.load}`);
  try {
    return await run();
  } finally {
    moveSelf(`${cores.load}`);
  }
}

function moveSelf(cores: string): void {
  execFileSync('taskset', ['-a', '-c', '-p', cores, String(process.pid)], { stdio: 'ignore' });
}

/** The command line that runs a program on the server's core. */
export function onServerCore(cores: Cores | null, command: readonly string[]): [string, ...string[]] {
  const [program = '', ...args] = command;
  return cores ? ['taskset', '-c', String(cores.server), program, ...args] : [program, ...args];
}
