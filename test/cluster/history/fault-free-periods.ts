import type { Fault } from './history.js';

/** After a fault, registrations are young and revokes wait for a lease: one lease, the recovery, and a margin. */
const AFTERMATH_MS = 9_000;

/**
 * Returns a predicate: whether an operation ran while no fault was active or had been recently.
 *
 * @param aftermathMs how long the effects of a fault last
 */
export function faultFreePeriods(
  faults: readonly Fault[],
  aftermathMs = AFTERMATH_MS,
): (it: { readonly startedAt: number; readonly endedAt: number }) => boolean {
  return ({ startedAt, endedAt }) =>
    faults.every((fault) => endedAt < fault.startedAt || startedAt > fault.endedAt + aftermathMs);
}
