import type { FastifyInstance } from 'fastify';

/**
 * What OWASP's REST Security Cheat Sheet asks for, the same on every answer, so that nothing is computed for it.
 * JSON is no page: nothing in it may load, run, or be framed. `no-store` is RFC 6749 §5.1; a handler may say otherwise.
 */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  // The names below this one are not ours to decide about.
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

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

/** Sets security headers on every answer. */
export function setSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS);
    if (request.routeOptions.url?.startsWith('/docs')) reply.header('content-security-policy', DOCS_CSP);
    done();
  });
}
