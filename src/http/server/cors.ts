import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** The headers that the service reads and sets, in addition to those that CORS always allows. */
const ALLOWED_HEADERS = [
  ...['authorization', 'content-type', 'latchkey-passive', 'latchkey-touch-points', 'x-request-id'],
  // Of W3C Trace Context: scripts that trace their requests send both.
  ...['traceparent', 'tracestate'],
];
/** `date`, by which a client knows the time of the service although its own clock is wrong. */
const EXPOSED_HEADERS = ['date', 'retry-after', 'www-authenticate', 'x-request-id'];
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'];
/** Chromium caches a preflight for at most two hours. Ten minutes let a change of the origins take effect sooner. */
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** Lets pages of these origins send requests with credentials. Without origins, no answer has CORS headers. */
export async function allowOrigins(fastify: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await fastify.register(cors, {
    // A function, so that other origins get no CORS headers, and their preflights the answer of any OPTIONS request.
    origin: (origin, decide) => decide(null, origin !== undefined && origins.includes(origin)),
    credentials: true,
    methods: METHODS,
    allowedHeaders: ALLOWED_HEADERS,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_MAX_AGE_SECONDS,
    strictPreflight: false,
  });
}
