import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Which core runs what; `null` where the system has no `taskset` or only one core, and nothing is pinned. */
export interface Cores {
  readonly server: number;
  readonly load: number;
}

/** Pins this process to the load's core: what it starts inherits that, unless it is started `onServerCore`. */
export function pinSelf(): Cores | null {
  if (availableParallelism() < 2) return null;
  const cores = { server: 0, load: 1 };
  try {
    execFileSync('taskset', ['-a', '-c', '-p', String(cores.load), String(process.pid)], { stdio: 'ignore' });
    return cores;
  } catch {
    // No taskset here, or cores that this process may not use: the report says that nothing was pinned.
    return null;
  }
}

/** The command line that runs a program on the server's core. */
export function onServerCore(cores: Cores | null, command: readonly string[]): [string, ...string[]] {
  const [program = '', ...args] = command;
  return cores ? ['taskset', '-c', String(cores.server), program, ...args] : [program, ...args];
}
