import { GuardError } from '../guard-error.js';
import { headersOf, PROBLEM_MEDIA_TYPE, problemOf } from '../problem.js';
import type { EdgeAnswer } from './edge-answer.js';
import { EDGE_ERRORS, EdgeError } from './edge-error.js';

/**
 * The same problem as the body, for gateways that do not pass on the body of a refusal (nginx). One line of ASCII, as
 * a header must be.
 */
const PROBLEM_HEADER = 'latchkey-problem';

/** @param tokenPresented whether the request has credentials */
export function refusal(error: GuardError | EdgeError, tokenPresented: boolean): EdgeAnswer {
  const body = asciiJson(error instanceof GuardError ? problemOf(error) : edgeProblem(error));
  const headers =
    error instanceof GuardError
      ? headersOf(error, tokenPresented)
      : { 'content-type': PROBLEM_MEDIA_TYPE, 'cache-control': 'no-store' };
  return { status: error.status, headers: { ...headers, [PROBLEM_HEADER]: body }, body };
}

function edgeProblem({ code, detail }: EdgeError): Record<string, unknown> {
  return {
    type: `/docs/errors#${code}`,
    ...EDGE_ERRORS[code],
    code,
    ...(detail !== undefined && { detail }),
  };
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
