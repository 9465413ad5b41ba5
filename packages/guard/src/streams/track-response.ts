import type { ServerResponse } from 'node:http';
import type { Guard, StreamEnd } from '../guard.js';
import { sendProblem } from '../http/send-problem.js';
import type { Principal } from '../principal.js';
import { streamError } from '../session-end-errors.js';

/** How long a client may take to read what was written before the end. */
const LAST_READ_MS = 2_000;

/**
 * Ends a long response when the session of its caller ends.
 *
 * @throws {GuardError} if the session has ended since it was checked
 */
export function trackResponse(guard: Guard, principal: Principal, response: ServerResponse): void {
  track(guard, principal, response, () => '');
}

/**
 * Ends server-sent events (WHATWG HTML §9.2) when the session of their caller ends. The last event is `ended`; its data is
 * a JSON object with the `code` and, if there is one, the `reason`.
 *
 * @throws {GuardError} if the session has ended since it was checked
 */
export function trackEventStream(guard: Guard, principal: Principal, response: ServerResponse): void {
  track(guard, principal, response, (end) => `event: ended\ndata: ${JSON.stringify(end)}\n\n`);
}

function track(
  guard: Guard,
  principal: Principal,
  response: ServerResponse,
  lastWords: (end: StreamEnd) => string,
): void {
  // The client may have disconnected while its token was checked.
  if (response.closed || response.destroyed) return;
  const stream = guard.openStream(principal, (end) => {
    // The application may still write: without a listener, an error that it does not expect would end the process.
    response.on('error', () => {});
    if (response.headersSent) response.end(lastWords(end));
    else sendProblem(response, streamError(end), true);
    const limit = setTimeout(() => response.destroy(), LAST_READ_MS).unref();
    response.once('close', () => clearTimeout(limit));
  });
  response.once('close', () => stream.release());
}
