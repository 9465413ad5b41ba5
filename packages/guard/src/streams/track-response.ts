import type { ServerResponse } from 'node:http';
import type { Guard, StreamEnd } from '../guard.js';
import type { Principal } from '../principal.js';

/** How long a client may take to read what was written before the end. */
const LAST_READ_MS = 2_000;

/**
 * Ends a long response, such as server-sent events, when the session of its caller ends. Server-sent events get one last
 * event, `ended`, with the code and the reason.
 *
 * @throws {GuardError} if the session has ended since it was checked
 */
export function trackResponse(guard: Guard, principal: Principal, response: ServerResponse): void {
  const stream = guard.openStream(principal, (end) => endResponse(response, end));
  response.once('close', () => stream.release());
}

function endResponse(response: ServerResponse, end: StreamEnd): void {
  // The application may still write: without a listener, an error that it does not expect would end the process.
  response.on('error', () => {});
  if (isEventStream(response)) response.end(`event: ended\ndata: ${JSON.stringify(end)}\n\n`);
  else response.end();
  const limit = setTimeout(() => response.destroy(), LAST_READ_MS).unref();
  response.once('close', () => clearTimeout(limit));
}

function isEventStream(response: ServerResponse): boolean {
  return response.headersSent && String(response.getHeader('content-type')).startsWith('text/event-stream');
}
