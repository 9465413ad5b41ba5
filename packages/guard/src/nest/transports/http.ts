import type { ServerResponse } from 'node:http';
import { type ExecutionContext, HttpException } from '@nestjs/common';
import type { StreamEnd } from '../../guard.js';
import { headersOf, problemOf } from '../../problem.js';
import { readBearerToken } from '../../tokens/bearer-token.js';
import type { LongConnection, Transport } from '../transport.js';
import { closeEventStream } from './event-stream.js';
import { clientOf, type HttpRequest, nodeRequest } from './http-request.js';

/** Nest's mark of a handler with `@Sse()`. */
const SSE_METADATA = '__sse__';

/** The answer of Express, or that of Fastify, which wraps Node's. */
type HttpResponse = ServerResponse & {
  readonly raw?: ServerResponse;
  header(name: string, value: string): unknown;
};

/** Express and Fastify. */
export const http: Transport = {
  token: (context) => readBearerToken(nodeRequest(requestOf(context))),
  client: (context) => clientOf(requestOf(context)),
  carrier: requestOf,

  longConnection(context) {
    if (Reflect.getMetadata(SSE_METADATA, context.getHandler()) !== true) return undefined;
    const response = responseOf(context);
    return eventStream(response.raw ?? response);
  },

  exception(error, context) {
    const { authorization } = requestOf(context).headers;
    setHeaders(context, headersOf(error, authorization !== undefined));
    return new HttpException(problemOf(error), error.status, { cause: error });
  },
};

function requestOf(context: ExecutionContext): HttpRequest {
  return context.switchToHttp().getRequest<HttpRequest>();
}

function responseOf(context: ExecutionContext): HttpResponse {
  return context.switchToHttp().getResponse<HttpResponse>();
}

/** Exceptions of Nest carry no headers. These are on the answer whatever filter writes it. */
function setHeaders(context: ExecutionContext, headers: Record<string, string>): void {
  const response = responseOf(context);
  for (const [name, value] of Object.entries(headers)) response.header(name, value);
}

function eventStream(response: ServerResponse): LongConnection {
  let source: NodeJS.ReadableStream | undefined;
  // Nest pipes the events into the response after the handler has returned them.
  response.once('pipe', (piped: NodeJS.ReadableStream) => {
    source = piped;
  });
  return {
    identity: response,
    close: (end: StreamEnd) => closeEventStream(response, source, end),
    onceClosed: (listener) => response.once('close', listener),
  };
}
