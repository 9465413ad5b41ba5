import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { StreamEnd } from '../../guard.js';
import type { LongConnection } from '../transport.js';

/** How long a client may take to read what was written before the end. */
const LAST_READ_MS = 2_000;

/** Server-sent events (WHATWG HTML §9.2) of a handler with `@Sse()`. */
export function eventStream(response: ServerResponse): LongConnection {
  let source: NodeJS.ReadableStream | undefined;
  // Nest pipes the events into the response after the handler has returned them.
  response.once('pipe', (piped: NodeJS.ReadableStream) => {
    source = piped;
  });
  if (response.req.httpVersionMajor === 1) closeConnectionAfter(response);
  return {
    identity: response,
    writers: { target: response, methods: ['write', 'end'] },
    close: (end) => endEvents(response, source, end),
    onceClosed: (listener) => response.once('close', listener),
  };
}

/**
 * Makes Node close the connection after the response, and announces it to the client, which must not send another request
 * on it. If it was kept alive, Nest would stay subscribed to the application's events.
 */
function closeConnectionAfter(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response);
  // Nest writes `Connection: keep-alive` here, whatever headers have been set.
  Object.assign(response, {
    writeHead: (status: number, headers?: OutgoingHttpHeaders) =>
      writeHead(status, { ...headers, Connection: 'close' }),
  });
}

/** @param source what is piped into the response; undefined before the handler has returned its events */
function endEvents(
  response: ServerResponse,
  source: NodeJS.ReadableStream | undefined,
  end: StreamEnd,
): void {
  // Nothing that the application sends from now on may reach the response.
  source?.unpipe(response);
  // Without headers there is no stream of events yet that the last one could be part of.
  if (!source || !response.headersSent) {
    response.destroy();
    return;
  }
  response.end(`event: ended\ndata: ${JSON.stringify(end)}\n\n`);
  const limit = setTimeout(() => response.destroy(), LAST_READ_MS).unref();
  response.once('close', () => clearTimeout(limit));
}
