import { type Fault, isGrant, type Operation } from '../history.js';
import { successorsOf } from '../refresh-uses.js';
import type { SessionTimeline } from '../session-timeline.js';
import type { Violation } from '../violation.js';

/** P5: presenting the same refresh token again yields the same successor, so there are never two live chains. */
export function forkedChains({ session, operations }: SessionTimeline): Violation[] {
  const successors = new Map<string, string>();
  const forked: Operation[] = [];
  for (const operation of operations) {
    const { presented, issued } = operation;
    if (presented === undefined || issued === undefined) continue;
    const successor = successors.get(presented) ?? issued;
    successors.set(presented, successor);
    if (successor !== issued || issued === presented) forked.push(operation);
  }
  return forked.map((operation) => ({
    promise: 'P5',
    message: 'issued a second successor for one refresh token',
    session,
    operation,
  }));
}

/** A use is written at once, and again after the next flush of last uses if Postgres did not answer. */
const RECORDED_WITHIN_MS = 2_000;

/** A guard reports a use that confirms a refresh within a second. */
const REPORTED_WITHIN_MS = 1_000;

/**
 * P5: real reuse is noticed. After the grace, the predecessor of a token that was used is no longer accepted as a retry.
 * A use that a fault may have kept from being written is not judged.
 */
export function unnoticedReuse(
  { session, operations }: SessionTimeline,
  { faults, graceMs }: { readonly faults: readonly Fault[]; readonly graceMs: number },
): Violation[] {
  const successors = successorsOf(operations);
  const isUnnoticed = ({ presented, startedAt }: Operation) => {
    const { firstUse, issuedAt } = successors.get(presented ?? '') ?? { firstUse: null, issuedAt: 0 };
    if (!firstUse || startedAt <= issuedAt + graceMs) return false;
    const reportedAt = firstUse.endedAt + (firstUse.guarded === undefined ? 0 : REPORTED_WITHIN_MS);
    const recordedAt = reportedAt + RECORDED_WITHIN_MS;
    const wasDisturbed = faults.some(
      (fault) => fault.startedAt < recordedAt && fault.endedAt > firstUse.startedAt - RECORDED_WITHIN_MS,
    );
    return startedAt > recordedAt && !wasDisturbed;
  };
  return operations
    .filter((operation) => operation.kind === 'refresh' && isGrant(operation) && isUnnoticed(operation))
    .map((operation) => ({
      promise: 'P5',
      message: 'accepted a refresh token whose successor had been used',
      session,
      operation,
    }));
}
