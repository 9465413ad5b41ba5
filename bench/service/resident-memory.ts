import { readFileSync } from 'node:fs';

/** What a process holds in memory, by proc(5); NaN where there is no such file. */
export function residentMiB(pid: number): number {
  try {
    return Number(/^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
