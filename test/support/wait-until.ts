import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Polls until the probe returns a truthy value.
 *
 * @throws {Error} after `timeoutMs`, naming the condition; the last error of `probe` is the cause
 */
export async function waitUntil<T>(
  what: string,
  probe: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 20 } = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const answer = await probe();
      if (answer) return answer as NonNullable<T>;
    } catch (error) {
      cause = error;
    }
    await sleep(everyMs);
  } while (performance.now() < deadline);
  throw new Error(`timed out after ${timeoutMs} ms: ${what}`, { cause });
}
