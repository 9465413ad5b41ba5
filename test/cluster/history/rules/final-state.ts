import { isGrant, mayHaveExpired, type Operation, type SessionRow } from '../history.js';
import type { SessionTimeline } from '../session-timeline.js';
import type { Violation } from '../violation.js';

/** The last response of every instance, and of the refresh, in the final check. */
function finalAnswers({ operations }: SessionTimeline): Operation[] {
  const last = new Map<string, Operation>();
  for (const operation of operations) {
    if (operation.isFinalCheck) last.set(`${operation.kind} ${operation.instance}`, operation);
  }
  return [...last.values()];
}

/** P6: every acknowledged change is still in effect, in Postgres and on every instance. */
export function finalStateViolations(
  timeline: SessionTimeline,
  rows: ReadonlyMap<string, SessionRow>,
  tokenTtlMs: number,
): Violation[] {
  const { session } = timeline;
  const status = rows.get(session)?.status ?? 'missing';
  const wasAcknowledged = timeline.acknowledgedAt < Number.POSITIVE_INFINITY;
  const wasNeverEnded = timeline.revocableFrom === Number.POSITIVE_INFINITY;
  const messages: [string, Operation | null][] = [];
  if (wasAcknowledged && status !== 'revoked')
    messages.push([`acknowledged revocation is lost: the session is ${status}`, null]);
  if (wasNeverEnded && status !== 'active')
    messages.push([`never revoked, but the session is ${status}`, null]);

  for (const operation of finalAnswers(timeline)) {
    const isAlive = status === 'active';
    if (!isAlive && isGrant(operation))
      messages.push(['still granted in the final check although the session has ended', operation]);
    if (isAlive && !isGrant(operation) && !mayHaveExpired(operation, tokenTtlMs)) {
      messages.push([
        'still refused or unanswered in the final check although the session is active',
        operation,
      ]);
    }
  }
  return messages.map(([message, operation]) => ({ promise: 'P6', message, session, operation }));
}
