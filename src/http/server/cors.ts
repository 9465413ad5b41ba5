import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** What a page of another origin may send and read besides what CORS lets it anyway. */
const ALLOWED_HEADERS = ['authorization', 'content-type', 'x-request-id'];
const EXPOSED_HEADERS = ['retry-after', 'www-authenticate', 'x-request-id'];
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'];
/** Chromium keeps a preflight for two hours at most; ten minutes make a change of the list felt. */
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** Lets pages of these origins call, credentials included. Without any, no answer speaks of CORS. */
export async function allowOrigins(fastify: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await fastify.register(cors, {
    // By function: to any other origin nothing is said, and its preflight is answered as any OPTIONS.
    origin: (origin, decide) => decide(null, origin !== undefined && origins.includes(origin)),
    credentials: true,
    methods: METHODS,
    allowedHeaders: ALLOWED_HEADERS,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_MAX_AGE_SECONDS,
    strictPreflight: false,
  });
}
