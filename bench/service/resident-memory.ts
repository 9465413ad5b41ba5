import { readFileSync } from 'node:fs';

/** Resident memory of a process, from proc(5); NaN on systems without `/proc`. */
export function residentMiB(pid: number): number {
  try {
    return Number(/^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
