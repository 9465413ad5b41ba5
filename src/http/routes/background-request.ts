import { SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    isPassive?: boolean;
  }
}

export const IS_BACKGROUND_REQUEST = Symbol('isPassive');

/** A route that a page calls by itself: it proves nothing of a person, and delays no idle end of a session. */
export const BackgroundRequest = () => SetMetadata(IS_BACKGROUND_REQUEST, true);

/** What a page says of a request that it makes by itself, because something has changed, on a route that people use too. */
const PASSIVE_HEADER = 'latchkey-passive';

/** Only of reading: an act is always somebody's. */
export function isDeclaredBackground({
  method,
  headers,
}: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
  return headers[PASSIVE_HEADER] !== undefined && method === 'GET';
}
