import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress } from './client-address.js';
import { logText } from './log-text.js';
import type { Principal } from './principal.js';

const PATH_MAX_LENGTH = 256;
const USER_AGENT_MAX_LENGTH = 256;

/** One line per answered request. Bodies, queries and credentials are left out by never being put in. */
export function logRequests(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    logRequest(request, reply);
    done();
  });
}

/** Its id is bound to the request's logger already. */
export function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const path = request.raw.url?.split('?', 1)[0] ?? '';
  const level = path.startsWith('/health/') ? 'debug' : 'info';
  const { user } = request as { user?: Partial<Principal> };
  request.log[level](
    {
      method: request.method,
      path: logText(path, PATH_MAX_LENGTH),
      route: request.routeOptions?.url,
      status: reply.statusCode,
      code: reply.errorCode,
      durationMs: Math.round(reply.elapsedTime * 100) / 100,
      address: clientAddress(request.ip, request.socket.remoteAddress),
      userAgent: logText(request.headers['user-agent'] ?? '', USER_AGENT_MAX_LENGTH),
      userId: user?.userId,
      sessionId: user?.sessionId,
    },
    'request',
  );
}
