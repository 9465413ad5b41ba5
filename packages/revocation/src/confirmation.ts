import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './clock.js';
import type { Revocations, SessionStore } from './session-store.js';

const POLL_MS = 100;

/**
 * Waits until another instance has confirmed revocations, for a process that cannot reach the instances itself.
 *
 * @returns whether that happened in time
 */
export async function confirmedByOthers(
  store: SessionStore,
  revocations: Revocations,
  waitMs: number,
  clock: Clock,
): Promise<boolean> {
  for (const deadline = clock.monotonic() + waitMs; clock.monotonic() < deadline; ) {
    await sleep(POLL_MS);
    try {
      if (await store.areConfirmed(revocations)) return true;
    } catch {
      // The store cannot be reached at the moment. Until it answers, the revocations count as not confirmed.
    }
  }
  return false;
}
