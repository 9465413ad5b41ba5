import { type IncomingMessage, METHODS, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** How long a client may continue to send its body after the response, before its connection is destroyed. */
const LINGER_MS = 500;

const BODY_HEADERS = ['content-type', 'content-length', 'transfer-encoding'];
const DECLARES_BODY = /^(content-length|transfer-encoding)$/i;

/**
 * Answers `@ForwardAuth()` routes as soon as the headers have arrived. The body belongs to the request that is checked:
 * gateways such as nginx pass on its headers without sending it, so waiting for it would never end.
 *
 * Call it before routes are added.
 */
export function ignoreBodies(fastify: FastifyInstance): void {
  acceptAnyMethod(fastify);
  const paths = new Set<string>();
  fastify.addHook('onRoute', (route) => {
    if (!route.config?.isForwardAuth) return;
    paths.add(route.url);
    // Hooks of the route alone, so that other routes do not pay for them.
    route.onRequest = [route.onRequest ?? [], hideBody].flat();
    route.onSend = [route.onSend ?? [], closeUnread].flat();
  });
  continueUnless(fastify.server as Server, paths);
}

/** Gateways may call with the method of the request that they check. Fastify reads no body of a method that is added. */
function acceptAnyMethod(fastify: FastifyInstance): void {
  for (const method of METHODS) {
    // Fastify refuses `QUERY` without a content type, which is hidden below.
    const isNew = method === 'QUERY' || !fastify.supportedMethods.includes(method);
    if (isNew) fastify.addHttpMethod(method, { overrideExisting: true });
  }
}

export function ignoresBody({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config?.isForwardAuth === true;
}

/** Without these headers, Fastify takes the request for one without a body. */
function hideBody({ headers }: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  for (const name of BODY_HEADERS) delete headers[name];
  done();
}

/** The next request on the connection would be read as the rest of this one. */
function closeUnread(
  { raw }: FastifyRequest,
  reply: FastifyReply,
  _payload: unknown,
  done: () => void,
): void {
  if (hasUnreadBody(raw)) {
    reply.header('connection', 'close');
    linger(raw.socket);
  }
  done();
}

function hasUnreadBody({ complete, rawHeaders }: IncomingMessage): boolean {
  return !complete && rawHeaders.some((name, at) => at % 2 === 0 && DECLARES_BODY.test(name));
}

/** Closing with unread data resets the connection, and the client can lose the response (RFC 9112 §9.6). */
function linger(socket: Socket): void {
  // Node calls this after the response. It discards what it still receives.
  socket.destroySoon = () => {
    socket.end();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
}

/** Node asks for the body of a request with `Expect: 100-continue` itself, unless there is a listener. */
function continueUnless(server: Server, paths: ReadonlySet<string>): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!paths.has(request.url?.split('?', 1)[0] ?? '')) response.writeContinue();
    server.emit('request', request, response);
  });
}
