import type { Operation } from '../history.js';
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
