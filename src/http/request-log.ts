import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress } from './client-address.js';
import { logText } from './log-text.js';
import type { Principal } from './principal.js';

const PATH_MAX_LENGTH = 256;
const USER_AGENT_MAX_LENGTH = 256;

/** One line per request. Bodies, queries and credentials are left out by never being put in. */
export function logRequests(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    logRequest(request, reply);
    done();
  });
  // A client that leaves gets no answer, and so no `onResponse`; what it asked for may have been done.
  fastify.addHook('onRequestAbort', (request, done) => {
    request.log.info(asked(request), 'request abandoned');
    done();
  });
}

/** Its id is bound to the request's logger already. */
export function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const line = asked(request);
  const level = line.path.startsWith('/health/') ? 'debug' : 'info';
  request.log[level](
    {
      ...line,
      status: reply.statusCode,
      code: reply.errorCode,
      durationMs: Math.round(reply.elapsedTime * 100) / 100,
    },
    'request',
  );
}

/** What was asked, and by whom. */
function asked(request: FastifyRequest) {
  const { user } = request as { user?: Partial<Principal> };
  return {
    method: request.method,
    path: logText(request.raw.url?.split('?', 1)[0] ?? '', PATH_MAX_LENGTH),
    route: request.routeOptions?.url,
    address: clientAddress(request.ip, request.socket.remoteAddress),
    userAgent: logText(request.headers['user-agent'] ?? '', USER_AGENT_MAX_LENGTH),
    userId: user?.userId,
    sessionId: user?.sessionId,
  };
}
