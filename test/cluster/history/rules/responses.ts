import type { Operation } from '../history.js';
import type { Violation } from '../violation.js';

const GOOD = new Set([200, 201, 202, 204]);

/** P4: failures are answered with 503 and Retry-After. A 401 is judged with its session, except that of a login. */
export function unexpectedAnswers(operations: readonly Operation[]): Violation[] {
  return operations
    .filter((operation) => !isExpected(operation))
    .map((operation) => ({
      promise: 'P4',
      message: `answered ${operation.answer?.status} (${operation.answer?.code ?? 'no code'})`,
      session: operation.session,
      operation,
    }));
}

function isExpected({ kind, answer }: Operation): boolean {
  if (answer === null || GOOD.has(answer.status)) return true;
  if (answer.status === 503) return answer.hasRetryAfter;
  // RFC 9110 §15.5.9: the request did not arrive in time, so nothing was decided. The client may have been too busy to
  // send it on a connection that it had opened.
  if (answer.status === 408) return true;
  return answer.status === 401 && kind !== 'login';
}
