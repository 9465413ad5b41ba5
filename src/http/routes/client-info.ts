import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { cutText } from '../validation/cut-text.js';
import { clientAddress } from './client-address.js';

/** What a request tells about the client that sent it. */
export interface Client {
  /** Network address, from the trusted hop only; always one that Postgres takes as `inet`. */
  readonly address: string;
  /** The `User-Agent` header, cut to 512 characters; empty when there is none. */
  readonly userAgent: string;
}

export const USER_AGENT_MAX_LENGTH = 512;

export const ClientInfo = createParamDecorator((_: unknown, context: ExecutionContext): Client => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return {
    address: clientAddress(request.ip, request.socket.remoteAddress),
    userAgent: cutText(request.headers['user-agent'] ?? '', USER_AGENT_MAX_LENGTH),
  };
});
