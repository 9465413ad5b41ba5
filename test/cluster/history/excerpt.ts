import { type History, MANUAL, type Operation, type Stream } from './history.js';
import { sessionTimelines } from './session-timeline.js';
import type { Violation } from './violation.js';

/** Earlier operations do not help to explain a violation, except the login and the revokes. */
const BEFORE_MS = 15_000;
const AFTER_MS = 1_000;

/** Describes each violation with the operations and faults around it. Times are seconds since the start of the run. */
export function excerpts(history: History, violations: readonly Violation[]): string[] {
  const timelines = sessionTimelines(history);
  const zero = Math.min(...history.operations.slice(0, 1).map(({ startedAt }) => startedAt));
  return violations.map(({ promise, message, session, operation }) => {
    const timeline = session === null ? undefined : timelines.get(session);
    const at = operation?.startedAt ?? timeline?.revokes[0]?.endedAt ?? zero;
    const isNear = (it: { startedAt: number; endedAt: number }) =>
      it.endedAt >= at - BEFORE_MS && it.startedAt <= at + AFTER_MS;
    const related = new Set([...(timeline?.revokes ?? []), ...(timeline?.operations ?? []).filter(isNear)]);
    if (timeline) related.add(timeline.login);
    if (operation) related.add(operation);
    const lines = [...related]
      .toSorted((a, b) => a.startedAt - b.startedAt)
      .map((it) => `${it === operation ? '>>' : '  '} ${line(it, zero)}`);
    const faults = history.faults
      .filter(isNear)
      .map(
        (it) =>
          `   ${span(it, zero)} fault: ${it.name} [without Postgres: ${it.withoutPostgres.join(' ')}] ` +
          `[guarded: ${it.guarded?.join(' ') ?? ''}]`,
      );
    const streams = (timeline?.streams ?? []).map((it) => `   ${streamLine(it, zero)}`);
    return [`${promise}: ${message}; session ${session}`, ...faults, ...lines, ...streams].join('\n');
  });
}

function line(it: Operation, zero: number): string {
  const where = it.instance === MANUAL ? 'manually' : (it.guarded ?? `instance ${it.instance}`);
  const what = it.scope ? `revoke ${JSON.stringify(it.scope)}` : it.kind;
  const answer = it.answer ? `${it.answer.status} ${it.answer.code ?? ''}` : 'no answer';
  return `${span(it, zero)} ${where}: ${what} by ${it.session} -> ${answer}`;
}

function streamLine(
  { startedAt, closedAt, lastWrittenAt, guarded, kind, end }: Stream,
  zero: number,
): string {
  const last = ((lastWrittenAt - zero) / 1_000).toFixed(3);
  return `${span({ startedAt, endedAt: closedAt }, zero)} ${guarded}: ${kind}, last written ${last}, ${end ?? 'no end'}`;
}

function span({ startedAt, endedAt }: { startedAt: number; endedAt: number }, zero: number): string {
  const seconds = (instant: number) => ((instant - zero) / 1_000).toFixed(3);
  return `${seconds(startedAt)}..${seconds(endedAt)}`;
}
