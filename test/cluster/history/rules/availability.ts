import { faultFreePeriods } from '../fault-free-periods.js';
import type { History, Operation } from '../history.js';
import type { Violation } from '../violation.js';

/** The longest wait of a guard before it connects again, with jitter, and time to get a lease. */
const GUARDS_SETTLED_MS = 11_000;
/** A guard that does not get a processor for half of its lease has lost its connection. */
const LOOK_BACK_MS = 3_000;
/** The edge gives up a question to its parent after 150 ms, also if only the machine is slow. */
const SLOW_MS = 75;

/** P4: without a fault, a guarded server answers, and keeps streams open. Times in which the machine was slow do not count. */
export function unavailableWithoutFault(history: History): Violation[] {
  const isCalm = calmPeriods(history);
  const refused = history.operations
    .filter(({ guarded, answer }) => guarded !== undefined && (answer === null || answer.status === 503))
    .filter(isCalm)
    .map((operation) => ({
      promise: 'P4',
      message: `unavailable although nothing was broken (${operation.guarded})`,
      session: operation.session,
      operation,
    }));
  const closed = history.streams
    .filter(
      ({ end, closedAt }) => end === 'unavailable' && isCalm({ startedAt: closedAt, endedAt: closedAt }),
    )
    .map(({ guarded, kind, session }) => ({
      promise: 'P4',
      message: `closed a stream although nothing was broken (${kind} at ${guarded})`,
      session,
      operation: null,
    }));
  return [...refused, ...closed];
}

type Span = Pick<Operation, 'startedAt' | 'endedAt'>;

function calmPeriods({ faults, stalls, operations }: History): (it: Span) => boolean {
  const isFaultFree = faultFreePeriods(faults, GUARDS_SETTLED_MS);
  const slow = [
    ...stalls.filter(({ ms }) => ms > SLOW_MS).map(({ at, ms }) => ({ startedAt: at - ms, endedAt: at })),
    // A request that is judged may be slow itself, because the guard waited for an answer in vain.
    ...operations.filter(
      ({ kind, answer, startedAt, endedAt }) =>
        kind === 'check' && answer !== null && answer.status !== 503 && endedAt - startedAt > SLOW_MS,
    ),
  ];
  return (it) =>
    isFaultFree(it) &&
    !slow.some(({ startedAt, endedAt }) => startedAt <= it.endedAt && endedAt >= it.startedAt - LOOK_BACK_MS);
}
