import type { Clock } from './clock.js';
import type { Revocations, SessionStore } from './session-store.js';

const POLL_MS = 100;

/**
 * Waits until an instance that can reach the others has confirmed ends in place of one that cannot.
 *
 * @returns whether that happened in time
 */
export async function confirmedByOthers(
  store: SessionStore,
  ends: Revocations,
  waitMs: number,
  clock: Clock,
): Promise<boolean> {
  for (const deadline = clock.monotonic() + waitMs; clock.monotonic() < deadline; ) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    try {
      if (await store.areConfirmed(ends)) return true;
    } catch {
      // It cannot be known now; until it is, the answer stays "not confirmed".
    }
  }
  return false;
}
