import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ERROR_CODES, type ErrorCode } from '../../errors/error-codes.js';
import { toAppError } from '../../errors/to-app-error.js';
import { problemBody, problemHeaders } from './problem.js';

declare module 'fastify' {
  interface FastifyReply {
    /** The code of the error that was answered, for the log. */
    errorCode?: ErrorCode;
  }
}

/** The only place where an error becomes HTTP. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    answerProblem(thrown, request, reply);
  }
}

/** Answers a request with what was thrown; synchronous, since Nest does not wait for filters. */
export function answerProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toAppError(thrown);
  const { status } = ERROR_CODES[error.code];
  if (error.code === 'internal_error') request.log.error({ err: thrown }, 'unexpected error');
  else if (status >= 500) request.log.warn({ err: thrown }, error.message);

  if (reply.sent || reply.raw.headersSent) return;
  reply.errorCode = error.code;
  // Fastify closes the connection of a refused body, which can cost the client the answer (see `body-parser.ts`).
  reply.removeHeader('connection');
  reply
    .code(status)
    .headers(problemHeaders(error, request.headers.authorization !== undefined))
    // As bytes: to text Fastify would add a charset, which JSON does not have (RFC 8259 §11).
    .send(Buffer.from(problemBody(error)));
}
