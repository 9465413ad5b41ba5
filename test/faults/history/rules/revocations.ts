import type { Bound } from '../enforcement-bound.js';
import { isGrant, isRefusedAsEnded, mayHaveExpired, type Operation } from '../history.js';
import type { SessionStory } from '../session-timeline.js';
import type { Violation } from '../violation.js';

/** P1: a request that started after the 204 had been read is not granted, by any instance. */
export function grantedAfterConfirmation(story: SessionStory): Violation[] {
  return story.operations
    .filter((operation) => isGrant(operation) && operation.startedAt > story.confirmedAt)
    .map((operation) => violation('P1', 'granted a request that started after the 204', story, operation));
}

/** P2: who has refused a session as ended never grants it again. */
export function grantedAfterRefusal(story: SessionStory): Violation[] {
  const refusedAt = new Map<number, number>();
  for (const { instance, endedAt } of story.operations.filter(isRefusedAsEnded)) {
    refusedAt.set(instance, Math.min(endedAt, refusedAt.get(instance) ?? Number.POSITIVE_INFINITY));
  }
  return story.operations
    .filter((operation) => isGrant(operation))
    .filter(({ instance, startedAt }) => startedAt > (refusedAt.get(instance) ?? Number.POSITIVE_INFINITY))
    .map((operation) => violation('P2', 'granted what this instance had refused as ended', story, operation));
}

/** P2: a refresh asks the truth, and there the end is. */
export function refreshedAfterCommit(story: SessionStory): Violation[] {
  return story.operations
    .filter((operation) => operation.kind === 'refresh' && isGrant(operation))
    .filter(({ startedAt }) => startedAt > story.committedAt)
    .map((operation) => violation('P2', 'refreshed a session whose end was committed', story, operation));
}

/** P3: whatever fails, an instance that can reach Postgres refuses within a second of the commit. */
export function grantedBeyondBound(story: SessionStory, bound: Bound): Violation[] {
  return story.operations
    .filter((operation) => operation.kind !== 'refresh' && isGrant(operation))
    .filter((operation) => operation.startedAt > story.committedAt)
    .filter((operation) => !bound.isKept(operation.instance, story.committedAt, operation))
    .map((operation) =>
      violation('P3', 'granted later than the bound after the commit was known', story, operation),
    );
}

/** P4, P5: a session that nobody has tried to end is not refused. */
export function refusedWithoutReason(story: SessionStory, tokenTtlMs: number): Violation[] {
  return story.operations
    .filter(
      (operation) => operation.answer?.status === 401 && operation.endedAt < endableFrom(story, operation),
    )
    .filter((operation) => !mayHaveExpired(operation, tokenTtlMs))
    .map((operation) => violation('P5', 'refused a session that nobody had ended', story, operation));
}

/** An end that was itself refused is no reason for that. */
function endableFrom(story: SessionStory, refused: Operation): number {
  return story.ends.includes(refused) ? Number.POSITIVE_INFINITY : story.endableFrom;
}

function violation(
  promise: string,
  sentence: string,
  { session }: SessionStory,
  operation: Operation,
): Violation {
  return { promise, sentence, session, operation };
}
