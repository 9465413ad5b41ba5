import { spawnSync } from 'node:child_process';

let found: string | undefined;

/** wrk where it is installed: it needs a fraction of the CPU time of a generator written in JavaScript. */
export function loadGenerator(): 'wrk' | 'autocannon' {
  found ??= spawnSync('wrk', ['-v']).error ? 'autocannon' : 'wrk';
  return found as 'wrk' | 'autocannon';
}
