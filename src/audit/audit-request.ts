import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requestClient } from '../http/routes/request-client.js';
import { traceOfRequest } from '../http/server/request-span.js';
import type { AuditedRequest } from './audit-event.js';

const current = new AsyncLocalStorage<AuditedRequest>();

/** The request that the caller works for; `null` outside of requests, and for probes. */
export function auditedRequest(): AuditedRequest | null {
  return current.getStore() ?? null;
}

/** Makes each request known to what is done for it. */
export function followRequests(fastify: FastifyInstance): void {
  const requests = new WeakMap<FastifyRequest, AuditedRequest>();
  fastify.addHook('onRequest', (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
    const { address, userAgent } = requestClient(request);
    const audited = { address, userAgent, requestId: request.id, trace: traceOfRequest(request.raw) };
    requests.set(request, audited);
    current.run(audited, done);
  });
  // The body is read in the asynchronous context of the connection.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const audited = requests.get(request);
    if (audited) current.run(audited, done);
    else done();
  });
}
