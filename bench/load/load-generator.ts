import { spawnSync } from 'node:child_process';

let found: string | undefined;

/** wrk where it is installed: it takes a fraction of what a generator in JavaScript takes. */
export function loadGenerator(): 'wrk' | 'autocannon' {
  found ??= spawnSync('wrk', ['-v']).error ? 'autocannon' : 'wrk';
  return found as 'wrk' | 'autocannon';
}
