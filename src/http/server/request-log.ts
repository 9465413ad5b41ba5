import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifyServerOptions,
} from 'fastify';
import { logText, withoutTokens } from '../../logging/log-text.js';
import { clientAddress } from '../routes/client-address.js';
import type { Principal } from '../routes/principal.js';
import { traceOfRequest } from './request-span.js';

export const REQUEST_ID_HEADER = 'x-request-id';

/** Limits of the log, which needs less than a session does. */
const LOGGED_PATH_MAX_LENGTH = 256;
const LOGGED_USER_AGENT_MAX_LENGTH = 256;

/** The id that a proxy assigned, if it is safe to log; otherwise a new one. */
export function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}

/**
 * Creates the loggers of requests. They do not redact, which would cost several times as much as the rest of a request:
 * `describeRequest` below and `log-error.ts` log a fixed set of fields.
 */
export function requestLoggers(logger: FastifyBaseLogger): FastifyServerOptions['childLoggerFactory'] {
  const unredacted = logger.child({}, { redact: [] });
  return (_logger, bindings, options, request) => {
    const trace = traceOfRequest(request as IncomingMessage);
    const ids = trace && { trace_id: trace.traceId, span_id: trace.spanId };
    return unredacted.child(ids ? { ...bindings, ...ids } : bindings, options);
  };
}

/** Logs one line per request, without its body, query or credentials. */
export function logRequests(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    logRequest(request, reply);
    done();
  });
  // If the client disconnects first, there is no `onResponse`, although the request may have taken effect.
  fastify.addHook('onRequestAbort', (request, done) => {
    request.log.info(describeRequest(request), 'request abandoned');
    done();
  });
}

/** The request id is already bound to the request's logger. */
export function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const level = request.raw.url?.startsWith('/health/') ? 'debug' : 'info';
  const durationMs = Math.round(reply.elapsedTime * 100) / 100;
  const answer = { status: reply.statusCode, code: reply.errorCode, durationMs };
  request.log[level](Object.assign(describeRequest(request), answer), 'request');
}

function describeRequest(request: FastifyRequest) {
  const { user } = request as { user?: Partial<Principal> };
  return {
    method: request.method,
    // Redacted first: a token that is cut off could not be recognised.
    path: logText(withoutTokens(pathOf(request)), LOGGED_PATH_MAX_LENGTH),
    route: request.routeOptions?.url,
    address: clientAddress(request.ip, request.socket.remoteAddress),
    userAgent: logText(withoutTokens(request.headers['user-agent'] ?? ''), LOGGED_USER_AGENT_MAX_LENGTH),
    userId: user?.userId,
    sessionId: user?.sessionId,
  };
}

function pathOf({ raw: { url = '' } }: FastifyRequest): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
