import { readFileSync } from 'node:fs';

/** `sysconf(_SC_CLK_TCK)`, which is 100 on Linux. */
const TICKS_PER_SECOND = 100;

/** CPU time that a process has used so far, from proc(5); NaN on systems without `/proc`. */
export function cpuSeconds(pid: number): number {
  try {
    // The process name, in parentheses, can contain spaces, so fields are counted from its end.
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?=\S )/s);
    const fields = rest.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return Number.NaN;
  }
}
