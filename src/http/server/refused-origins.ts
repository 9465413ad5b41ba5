import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { logText } from '../../logging/log-text.js';

/** Anyone can send any origin. */
const REPORTED_MAX = 20;
const ORIGIN_MAX_LENGTH = 128;

/** Warns once about each origin whose pages are refused because `CORS_ORIGINS` does not list it. */
export function warnOfRefusedOrigins(fastify: FastifyInstance): void {
  const reported = new Set<string>();
  fastify.addHook('onResponse', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin && isRefused(request, reply) && !reported.has(origin) && reported.size < REPORTED_MAX) {
      reported.add(origin);
      request.log.warn(
        { origin: logText(origin, ORIGIN_MAX_LENGTH) },
        'a page of another origin was refused: if its requests are expected, add the origin to CORS_ORIGINS',
      );
    }
    done();
  });
}

/** Preflights of other origins are answered like any other `OPTIONS` request. */
function isRefused({ method, headers }: FastifyRequest, { errorCode }: FastifyReply): boolean {
  if (errorCode === 'cross_site_request') return true;
  const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
  return isPreflight && errorCode === 'method_not_allowed';
}
