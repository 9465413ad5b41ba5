import type { FastifyInstance } from 'fastify';
import { AppError } from '../../errors/app-error.js';
import type { AllowedMethods } from './allowed-methods.js';
import { sendProblem } from './problem.filter.js';

/** Rejects requests by their request line and headers, as RFC 9110 and RFC 9112 require. */
export function checkRequestShape(fastify: FastifyInstance, allowedMethods: AllowedMethods): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    // RFC 9112 §3.2.
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1') {
      sendProblem(
        new AppError('malformed_request', { detail: 'The Host header is missing.' }),
        request,
        reply,
      );
      return;
    }
    // The route that answers preflights matches any path.
    if (request.is404 || (request.method === 'OPTIONS' && !request.routeOptions.config?.isForwardAuth)) {
      const methods = allowedMethods.of(request.url.split('?', 1)[0] ?? '');
      if (methods.length > 0) {
        // Answered here, because that route does not use our filter.
        sendProblem(new AppError('method_not_allowed'), request, reply.header('allow', methods.join(', ')));
        return;
      }
    }
    done();
  });
}
