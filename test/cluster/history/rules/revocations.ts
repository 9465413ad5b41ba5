import type { EnforcementBound } from '../enforcement-bound.js';
import { isGrant, isRefusedAsEnded, mayHaveExpired, type Operation } from '../history.js';
import type { SessionTimeline } from '../session-timeline.js';
import type { Violation } from '../violation.js';

/** P1, and P8 for guarded servers: nobody grants a request that started after the 204 was read. */
export function grantedAfterConfirmation(timeline: SessionTimeline): Violation[] {
  return timeline.operations
    .filter((operation) => isGrant(operation) && operation.startedAt > timeline.confirmedAt)
    .map((operation) => {
      const promise = operation.guarded === undefined ? 'P1' : 'P8';
      return violation(promise, 'granted a request that started after the 204', timeline, operation);
    });
}

/** P2: an instance that refused a session as ended never grants it again. */
export function grantedAfterRefusal(timeline: SessionTimeline): Violation[] {
  const refusedAt = new Map<number, number>();
  for (const { instance, endedAt } of timeline.operations.filter(isRefusedAsEnded)) {
    refusedAt.set(instance, Math.min(endedAt, refusedAt.get(instance) ?? Number.POSITIVE_INFINITY));
  }
  return timeline.operations
    .filter((operation) => isGrant(operation))
    .filter(({ instance, startedAt }) => startedAt > (refusedAt.get(instance) ?? Number.POSITIVE_INFINITY))
    .map((operation) =>
      violation(
        'P2',
        'granted a session that this instance had already refused as ended',
        timeline,
        operation,
      ),
    );
}

/** P2: a refresh reads Postgres, where the revocation is recorded. */
export function refreshedAfterCommit(timeline: SessionTimeline): Violation[] {
  return timeline.operations
    .filter((operation) => operation.kind === 'refresh' && isGrant(operation))
    .filter(({ startedAt }) => startedAt > timeline.committedAt)
    .map((operation) =>
      violation('P2', 'refreshed a session whose revocation was committed', timeline, operation),
    );
}

/**
 * P3: whatever else fails, an instance that can reach Postgres refuses within a second of the commit. A guarded server does
 * as its guard's parent does, or within the lease if it has lost its parent.
 */
export function grantedBeyondBound(timeline: SessionTimeline, bound: EnforcementBound): Violation[] {
  return timeline.operations
    .filter((operation) => operation.kind !== 'refresh' && isGrant(operation))
    .filter((operation) => operation.startedAt > timeline.committedAt)
    .filter((operation) => !bound.isKept(timeline.committedAt, operation))
    .map((operation) =>
      violation('P3', 'granted beyond the bound after the commit was known', timeline, operation),
    );
}

/** P4, P5: a session is not refused unless a client tried to revoke it. */
export function refusedWithoutReason(timeline: SessionTimeline, tokenTtlMs: number): Violation[] {
  return timeline.operations
    .filter(
      (operation) =>
        operation.answer?.status === 401 && operation.endedAt < revocableFrom(timeline, operation),
    )
    .filter((operation) => !mayHaveExpired(operation, tokenTtlMs))
    .map((operation) => violation('P5', 'refused a session that had not been revoked', timeline, operation));
}

/** A revoke that was itself rejected does not justify a refusal. */
function revocableFrom(timeline: SessionTimeline, refused: Operation): number {
  return timeline.revokes.includes(refused) ? Number.POSITIVE_INFINITY : timeline.revocableFrom;
}

function violation(
  promise: string,
  message: string,
  { session }: SessionTimeline,
  operation: Operation,
): Violation {
  return { promise, message, session, operation };
}
