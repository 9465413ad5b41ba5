import type { ServerResponse } from 'node:http';
import type { StreamEnd } from '../../guard.js';

/** How long a client may take to read what was written before the end. */
const LAST_READ_MS = 2_000;

/**
 * Ends server-sent events (WHATWG HTML §9.2) with an event `ended` that states why.
 *
 * @param source what is piped into the response; undefined before the application has returned its events
 */
export function closeEventStream(
  response: ServerResponse,
  source: NodeJS.ReadableStream | undefined,
  end: StreamEnd,
): void {
  // Nothing that the application sends from now on may reach the response.
  source?.unpipe(response);
  // Without headers there is no event stream yet, and a client that does not read could hold the connection open.
  if (!source || !response.headersSent || response.writableNeedDrain) {
    response.destroy();
    return;
  }
  const { socket } = response;
  // On a connection that is kept alive, Nest would stay subscribed to the application's events.
  response.end(`event: ended\ndata: ${JSON.stringify(end)}\n\n`, () => socket?.destroySoon());
  const limit = setTimeout(() => response.destroy(), LAST_READ_MS).unref();
  response.once('close', () => clearTimeout(limit));
}
