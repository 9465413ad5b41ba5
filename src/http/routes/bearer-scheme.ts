import type { FastifyRequest } from 'fastify';

/** RFC 6750 §2.1: `"Bearer" 1*SP b64token`; RFC 9110 §11.1: the scheme is case-insensitive. */
export const BEARER_SCHEME = /^bearer +/i;

/**
 * Whether a request presents its token in the `Authorization` header. Another scheme is not meant for this service: a
 * browser sends `Basic` with every request to a site behind a proxy that asks for it.
 */
export function presentsBearer({ authorization }: FastifyRequest['headers']): boolean {
  return authorization !== undefined && BEARER_SCHEME.test(authorization);
}
