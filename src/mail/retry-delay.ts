const FIRST_MS = 2_000;
const LONGEST_MS = 900_000;

/**
 * How long to wait after a failed attempt. The delay doubles with each attempt, up to 15 minutes. A random part, up to
 * half of it, is taken off, so that the mails of one outage are not all tried again at the same moment.
 *
 * @param attempts made so far, 1 or more
 * @param chance random, from 0 to 1
 */
export function retryDelayMs(attempts: number, chance: number): number {
  const delay = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 20));
  return Math.round(delay * (1 - chance / 2));
}
