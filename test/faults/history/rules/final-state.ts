import { isGrant, mayHaveExpired, type Operation, type SessionRow } from '../history.js';
import type { SessionStory } from '../session-timeline.js';
import type { Violation } from '../violation.js';

/** What every instance, and the refresh, said last after everything was healed. */
function lastWords({ operations }: SessionStory): Operation[] {
  const last = new Map<string, Operation>();
  for (const operation of operations) {
    if (operation.isClosing) last.set(`${operation.kind} ${operation.instance}`, operation);
  }
  return [...last.values()];
}

/** P6: every acknowledged change is still there, in Postgres and on every instance. */
export function lostChanges(
  story: SessionStory,
  rows: ReadonlyMap<string, SessionRow>,
  tokenTtlMs: number,
): Violation[] {
  const { session } = story;
  const status = rows.get(session)?.status ?? 'missing';
  const wasAcknowledged = story.acknowledgedAt < Number.POSITIVE_INFINITY;
  const wasNeverEnded = story.endableFrom === Number.POSITIVE_INFINITY;
  const sentences: [string, Operation | null][] = [];
  if (wasAcknowledged && status !== 'revoked') sentences.push([`acknowledged end is gone: ${status}`, null]);
  if (wasNeverEnded && status !== 'active') sentences.push([`nobody ended it, and it is ${status}`, null]);

  for (const operation of lastWords(story)) {
    const isAlive = status === 'active';
    if (!isAlive && isGrant(operation)) sentences.push(['still granted at the end', operation]);
    if (isAlive && !isGrant(operation) && !mayHaveExpired(operation, tokenTtlMs)) {
      sentences.push(['still refused or unanswered at the end, though it is alive', operation]);
    }
  }
  return sentences.map(([sentence, operation]) => ({ promise: 'P6', sentence, session, operation }));
}
