import { foreignIdentityHeader } from '@latchkey/access-token/forward-auth/identity-headers';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../errors/app-error.js';

/**
 * Refuses a client that sends an identity which the answer to the gateway does not replace, before anything is said about
 * its token. Call it before routes are added.
 */
export function rejectIdentityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (route.config?.isForwardAuth) route.onRequest = [route.onRequest ?? [], reject].flat();
  });
}

function reject({ headers }: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
  const foreign = foreignIdentityHeader(headers);
  const detail = `A client must not send the header ${foreign}.`;
  done(foreign === undefined ? undefined : new AppError('identity_header_rejected', { detail }));
}
