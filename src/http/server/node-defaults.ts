import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Replaces defaults of Node's server that no option replaces. */
export function replaceNodeDefaults(server: Server): void {
  // Node drops headers beyond a thousand: a client could choose which, also of those that a proxy adds.
  server.maxHeadersCount = 0;
  // Node answers 417 without a reason. A server may ignore an expectation that it does not know (RFC 9110 §10.1.1).
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response);
  });
}
