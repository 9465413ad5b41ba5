import { readFileSync } from 'node:fs';

/** `sysconf(_SC_CLK_TCK)`, which Linux fixes for every program it runs. */
const TICKS_PER_SECOND = 100;

/** CPU time that a process has used so far, by proc(5); NaN where there is no such file. */
export function cpuSeconds(pid: number): number {
  try {
    // The name, in parentheses, may hold spaces: fields are counted from behind it.
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?=\S )/s);
    const fields = rest.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return Number.NaN;
  }
}
