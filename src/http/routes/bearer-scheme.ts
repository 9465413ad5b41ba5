import { BEARER_SCHEME } from '@latchkey/access-token/bearer-token';
import type { FastifyRequest } from 'fastify';

/**
 * Whether a request presents its token in the `Authorization` header. Another scheme is not meant for this service: a
 * browser sends `Basic` with every request to a site behind a proxy that asks for it.
 */
export function presentsBearer({ authorization }: FastifyRequest['headers']): boolean {
  return authorization !== undefined && BEARER_SCHEME.test(authorization);
}
