import { type History, MANUAL, type Operation } from './history.js';
import { sessionTimelines } from './session-timeline.js';
import type { Violation } from './violation.js';

/** What came long before the violation says nothing of it, but for the first end and the login. */
const BEFORE_MS = 15_000;
const AFTER_MS = 1_000;

/** Tells a violation with everything that happened around it, instants in seconds of the run. */
export function excerpts(history: History, violations: readonly Violation[]): string[] {
  const timelines = sessionTimelines(history);
  const zero = Math.min(...history.operations.slice(0, 1).map(({ startedAt }) => startedAt));
  return violations.map(({ promise, message, session, operation }) => {
    const timeline = session === null ? undefined : timelines.get(session);
    const at = operation?.startedAt ?? timeline?.revokes[0]?.endedAt ?? zero;
    const isNear = (it: { startedAt: number; endedAt: number }) =>
      it.endedAt >= at - BEFORE_MS && it.startedAt <= at + AFTER_MS;
    const told = new Set([...(timeline?.revokes ?? []), ...(timeline?.operations ?? []).filter(isNear)]);
    if (timeline) told.add(timeline.login);
    if (operation) told.add(operation);
    const lines = [...told]
      .toSorted((a, b) => a.startedAt - b.startedAt)
      .map((it) => `${it === operation ? '>>' : '  '} ${line(it, zero)}`);
    const faults = history.faults
      .filter(isNear)
      .map(
        (it) => `   ${span(it, zero)} fault: ${it.name} [without Postgres: ${it.withoutPostgres.join(' ')}]`,
      );
    return [`${promise}: ${message}; session ${session}`, ...faults, ...lines].join('\n');
  });
}

function line(it: Operation, zero: number): string {
  const where = it.instance === MANUAL ? 'by hand' : `instance ${it.instance}`;
  const what = it.scope ? `end ${JSON.stringify(it.scope)}` : it.kind;
  const answer = it.answer ? `${it.answer.status} ${it.answer.code ?? ''}` : 'no answer';
  return `${span(it, zero)} ${where}: ${what} by ${it.session} -> ${answer}`;
}

function span({ startedAt, endedAt }: { startedAt: number; endedAt: number }, zero: number): string {
  const seconds = (instant: number) => ((instant - zero) / 1_000).toFixed(3);
  return `${seconds(startedAt)}..${seconds(endedAt)}`;
}
