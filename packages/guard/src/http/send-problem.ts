import type { ServerResponse } from 'node:http';
import type { GuardError } from '../guard-error.js';
import { headersOf, problemOf } from '../problem.js';

/**
 * Answers a request with the problem details of an error.
 *
 * @param tokenPresented whether the request has an `Authorization` header
 */
export function sendProblem(response: ServerResponse, error: GuardError, tokenPresented: boolean): void {
  for (const [name, value] of Object.entries(headersOf(error, tokenPresented)))
    response.setHeader(name, value);
  response.statusCode = error.status;
  response.end(JSON.stringify(problemOf(error)));
}
