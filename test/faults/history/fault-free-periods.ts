import type { Fault } from './history.js';

/** After a fault registrations are young, and revokes wait for a lease: a lease, a recovery, and some. */
const AFTERMATH_MS = 9_000;

/** Tells whether something happened while nothing was broken, nor had been for a while. */
export function faultFreePeriods(
  faults: readonly Fault[],
): (it: { readonly startedAt: number; readonly endedAt: number }) => boolean {
  return ({ startedAt, endedAt }) =>
    faults.every((fault) => endedAt < fault.startedAt || startedAt > fault.endedAt + AFTERMATH_MS);
}
