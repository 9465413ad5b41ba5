import type { FastifyInstance } from 'fastify';

/**
 * The headers that OWASP's REST Security Cheat Sheet recommends, constant for all answers. JSON is not a page, so
 * nothing may load, run or be framed. `no-store` follows RFC 6749 §5.1; handlers can override it.
 */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  // Without `includeSubDomains`: other hosts of the domain may belong to other services.
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/**
 * Swagger UI runs scripts only from its own files, but its page has `style` elements and attributes, and its style
 * sheet contains images as `data:` URLs.
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

/** For answers sent before routing, where no hook runs. */
export const BARE_SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
} as const;

/** Adds the security headers to every answer. */
export function setSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS);
    if (request.routeOptions.url?.startsWith('/docs')) reply.header('content-security-policy', DOCS_CSP);
    done();
  });
}
