import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type ClientHints, clientHints } from '../../user-agents/client-hints.js';
import { truncate } from '../validation/untrusted-text.js';
import { clientAddress } from './client-address.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard for a request that a page makes by itself. */
    isBackground?: boolean;
  }
}

export const USER_AGENT_MAX_LENGTH = 512;

/** Where a request comes from. */
export interface RequestClient {
  /** IP address as reported by the nearest trusted hop; always valid for a Postgres `inet`. */
  readonly address: string;
  /** The `User-Agent` header, truncated to 512 characters; empty if there is none. */
  readonly userAgent: string;
  /** Only for the description of a device, so only handlers get them. */
  readonly hints?: ClientHints;
  /** Whether the request counts as use of its session; background requests do not. */
  readonly isUse: boolean;
}

export function requestClient(request: FastifyRequest): RequestClient {
  return {
    address: clientAddress(request.ip, request.socket.remoteAddress),
    userAgent: truncate(request.headers['user-agent'] ?? '', USER_AGENT_MAX_LENGTH),
    isUse: !request.isBackground,
  };
}

/** Injects the `RequestClient` into a handler. */
export const CurrentClient = createParamDecorator((_: unknown, context: ExecutionContext): RequestClient => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { ...requestClient(request), hints: clientHints(request.headers) };
});

/**
 * Set by a page on a request that it makes by itself, for example because an event announced a change, when the route
 * also serves requests that a person makes.
 */
const BACKGROUND_HEADER = 'latchkey-passive';

/** Reads only: a request that changes something is always attributed to a person. */
export function isDeclaredBackground({
  method,
  headers,
}: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
  return headers[BACKGROUND_HEADER] !== undefined && method === 'GET';
}
