const FIRST_MS = 2_000;
const LONGEST_MS = 900_000;

/**
 * How long to wait after a failed attempt: twice as long each time, up to a quarter of an hour, and by chance up to
 * half of it less, so that the mails of an outage do not all come back at once.
 *
 * @param attempts made so far, 1 or more
 * @param chance from 0 to 1
 */
export function retryDelayMs(attempts: number, chance: number): number {
  const delay = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 20));
  return Math.round(delay * (1 - chance / 2));
}
