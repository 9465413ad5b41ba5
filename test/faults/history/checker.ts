import { Bound } from './enforcement-bound.js';
import type { History } from './history.js';
import { lostChanges } from './rules/final-state.js';
import { twoChains } from './rules/refresh-chain.js';
import { unexpectedAnswers } from './rules/responses.js';
import {
  grantedAfterConfirmation,
  grantedAfterRefusal,
  grantedBeyondBound,
  refreshedAfterCommit,
  refusedWithoutReason,
} from './rules/revocations.js';
import { type SessionStory, sessionStories } from './session-timeline.js';
import type { Violation } from './violation.js';

/** Judges a history: everything in it that the promises forbid. */
export function violationsOf(history: History): Violation[] {
  const bound = new Bound(history);
  const stories = [...sessionStories(history).values()];
  return [
    ...unexpectedAnswers(history.operations),
    ...stories.flatMap((story) => ofSession(story, history, bound)),
  ];
}

function ofSession(story: SessionStory, { rows, tokenTtlMs }: History, bound: Bound): Violation[] {
  return [
    ...grantedAfterConfirmation(story),
    ...grantedAfterRefusal(story),
    ...refreshedAfterCommit(story),
    ...grantedBeyondBound(story, bound),
    ...refusedWithoutReason(story, tokenTtlMs),
    ...twoChains(story),
    ...(rows ? lostChanges(story, rows, tokenTtlMs) : []),
  ];
}
