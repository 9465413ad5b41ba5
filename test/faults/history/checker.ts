import { Bound } from './bound.js';
import type { History } from './history.js';
import { unexpectedAnswers } from './rule-of-answers.js';
import { twoChains } from './rule-of-one-chain.js';
import {
  grantedAfterConfirmation,
  grantedAfterRefusal,
  grantedBeyondBound,
  refreshedAfterCommit,
  refusedWithoutReason,
} from './rules-of-ends.js';
import { lostChanges } from './rules-of-the-close.js';
import { type SessionStory, sessionStories } from './session-story.js';
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
