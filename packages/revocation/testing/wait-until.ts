import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `probe` until it returns something truthy.
 *
 * @throws {Error} after `timeoutMs`, naming what was waited for; its cause is the last error from `probe`
 */
export async function waitUntil<T>(
  what: string,
  probe: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 2 } = {},
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
  throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause });
}
