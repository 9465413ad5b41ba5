import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../errors/app-error.js';
import { schemaMismatch } from '../../errors/dependency-failure.js';
import { ERROR_CODES, type ErrorCode } from '../../errors/error-codes.js';
import { toAppError } from '../../errors/to-app-error.js';
import { frameworkError } from './framework-error.js';
import { problemBody, problemHeaders } from './problem.js';

declare module 'fastify' {
  interface FastifyReply {
    /** The code of the error in the answer, for the log. */
    errorCode?: ErrorCode;
  }
}

/** The only place that turns errors into HTTP. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    sendProblem(thrown, request, reply);
  }
}

/** Answers a request with problem details. Synchronous, because Nest does not wait for filters. */
export function sendProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = thrown instanceof AppError ? thrown : (frameworkError(thrown) ?? toAppError(thrown));
  const { status } = ERROR_CODES[error.code];
  if (error.code === 'internal_error') request.log.error({ err: thrown }, 'unexpected error');
  else if (status >= 500) request.log.warn({ err: thrown }, schemaMismatch(thrown) ?? error.message);

  if (reply.sent || reply.raw.headersSent) return;
  reply.errorCode = error.code;
  // After rejecting a body, Fastify would close a connection that can stay open (see `unread-body.ts`), unless the service
  // stops: then `draining.ts` has set the header of the response itself.
  if (!reply.raw.hasHeader('connection')) reply.removeHeader('connection');
  reply
    .code(status)
    .headers(problemHeaders(error, request.headers.authorization !== undefined))
    // As bytes: Fastify would add a charset parameter to text, which JSON does not have (RFC 8259 §11).
    .send(Buffer.from(problemBody(error)));
}
