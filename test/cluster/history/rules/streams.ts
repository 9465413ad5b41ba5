import type { EnforcementBound } from '../enforcement-bound.js';
import type { Stream } from '../history.js';
import type { SessionTimeline } from '../session-timeline.js';
import type { Violation } from '../violation.js';

/**
 * P9: a guard closes the streams of a session before its end is acknowledged, so a guarded server writes nothing to them
 * after the 204 was read. What it wrote before may arrive later.
 */
export function writtenAfterConfirmation({ streams, confirmedAt }: SessionTimeline): Violation[] {
  return streams
    .filter(({ lastWrittenAt }) => lastWrittenAt > confirmedAt)
    .map((stream) => violation('P9', 'wrote to a stream after the 204', stream));
}

/** P3: an end that is not confirmed closes streams within the bound of requests. */
export function writtenBeyondBound(
  { streams, committedAt }: SessionTimeline,
  bound: EnforcementBound,
): Violation[] {
  return streams
    .filter(({ lastWrittenAt }) => lastWrittenAt > committedAt)
    .filter(({ instance, guarded, lastWrittenAt: at }) => {
      return !bound.isKept(committedAt, { instance, guarded, startedAt: at, endedAt: at });
    })
    .map((stream) =>
      violation('P3', 'wrote to a stream beyond the bound after the commit was known', stream),
    );
}

/** P5: a stream is not closed as one of an ended session unless a client tried to revoke the session. */
export function closedWithoutReason({ streams, revocableFrom }: SessionTimeline): Violation[] {
  return streams
    .filter(({ end, closedAt }) => end === 'session_revoked' && closedAt < revocableFrom)
    .map((stream) => violation('P5', 'closed a stream whose session had not been revoked', stream));
}

/** P9: to be asked when every fault was healed. A stream that hangs for ever costs memory on both sides. */
export function leftOpen({ streams, confirmedAt }: SessionTimeline): Violation[] {
  if (confirmedAt === Number.POSITIVE_INFINITY) return [];
  return streams
    .filter(({ closedAt }) => closedAt === Number.POSITIVE_INFINITY)
    .map((stream) =>
      violation('P9', 'a stream of an ended session is still open in the final check', stream),
    );
}

function violation(promise: string, message: string, stream: Stream): Violation {
  const { guarded, kind, session } = stream;
  return { promise, message: `${message} (${kind} at ${guarded})`, session, operation: null };
}
