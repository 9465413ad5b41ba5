import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifyServerOptions,
} from 'fastify';
import { logText } from '../../logging/log-text.js';
import { clientAddress } from '../routes/client-address.js';
import type { Principal } from '../routes/principal.js';

const PATH_MAX_LENGTH = 256;
const USER_AGENT_MAX_LENGTH = 256;

/**
 * Makes the loggers of requests. Without redaction, which costs a multiple of all else that a request needs: what is
 * said of one is a fixed choice, here and in `log-error.ts`.
 */
export function requestLoggers(logger: FastifyBaseLogger): FastifyServerOptions['childLoggerFactory'] {
  const unredacted = logger.child({}, { redact: [] });
  return (_logger, bindings, options) => unredacted.child(bindings, options);
}

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
  const level = request.raw.url?.startsWith('/health/') ? 'debug' : 'info';
  const durationMs = Math.round(reply.elapsedTime * 100) / 100;
  const answered = { status: reply.statusCode, code: reply.errorCode, durationMs };
  request.log[level](Object.assign(asked(request), answered), 'request');
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
