import { EnforcementBound } from './enforcement-bound.js';
import type { History } from './history.js';
import { unavailableWithoutFault } from './rules/availability.js';
import { finalStateViolations } from './rules/final-state.js';
import { forkedChains, unnoticedReuse } from './rules/refresh-chain.js';
import { unexpectedAnswers } from './rules/responses.js';
import {
  grantedAfterConfirmation,
  grantedAfterRefusal,
  grantedBeyondBound,
  refreshedAfterCommit,
  refusedWithoutReason,
} from './rules/revocations.js';
import {
  closedWithoutReason,
  leftOpen,
  writtenAfterConfirmation,
  writtenBeyondBound,
} from './rules/streams.js';
import { type SessionTimeline, sessionTimelines } from './session-timeline.js';
import type { Violation } from './violation.js';

/** Returns everything in a history that the promises forbid. */
export function violationsOf(history: History): Violation[] {
  const bound = new EnforcementBound(history);
  const timelines = [...sessionTimelines(history).values()];
  return [
    ...unexpectedAnswers(history.operations),
    ...unavailableWithoutFault(history),
    ...timelines.flatMap((timeline) => ofSession(timeline, history, bound)),
  ];
}

function ofSession(
  timeline: SessionTimeline,
  { rows, tokenTtlMs, faults, graceMs }: History,
  bound: EnforcementBound,
): Violation[] {
  return [
    ...grantedAfterConfirmation(timeline),
    ...grantedAfterRefusal(timeline),
    ...refreshedAfterCommit(timeline),
    ...grantedBeyondBound(timeline, bound),
    ...refusedWithoutReason(timeline, tokenTtlMs),
    ...forkedChains(timeline),
    ...unnoticedReuse(timeline, { faults, graceMs }),
    ...writtenAfterConfirmation(timeline),
    ...writtenBeyondBound(timeline, bound),
    ...closedWithoutReason(timeline),
    ...(rows ? [...finalStateViolations(timeline, rows, tokenTtlMs), ...leftOpen(timeline)] : []),
  ];
}
