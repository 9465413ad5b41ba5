import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** JSON is no page: nothing in it may load, run, or be framed. */
const API_CSP = {
  defaultSrc: ["'none'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
};

/**
 * Swagger UI runs scripts from its own files only, but its page has `style` elements and attributes, and its style
 * sheet has images as data.
 */
const DOCS_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** For answers given below the router, where no hook runs: what matters for a text that is not a page. */
export const BARE_SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
} as const;

/** Sets security headers on every answer, and `no-store` unless a handler says otherwise (RFC 6749 §5.1). */
export async function setSecurityHeaders(fastify: FastifyInstance): Promise<void> {
  await fastify.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: API_CSP },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // The names below this one are not ours to decide about.
    strictTransportSecurity: { includeSubDomains: false },
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('cache-control', 'no-store');
    if (request.routeOptions.url?.startsWith('/docs')) reply.header('content-security-policy', DOCS_CSP);
    done();
  });
}
