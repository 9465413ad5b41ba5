import type { ServerResponse } from 'node:http';
import { type ExecutionContext, HttpException } from '@nestjs/common';
import { readBearerToken } from '../../http/bearer-token.js';
import { headersOf, problemOf } from '../../problem.js';
import { type HttpRequest, headersOfRequest } from '../http-request.js';
import type { Transport } from '../transport.js';
import { eventStream } from './event-stream.js';

/** Nest's mark of a handler with `@Sse()`. */
const SSE_METADATA = '__sse__';

/** The answer of Express, or that of Fastify, which wraps Node's. */
type HttpResponse = ServerResponse & {
  readonly raw?: ServerResponse;
  header(name: string, value: string): unknown;
};

/** Express and Fastify. */
export const http: Transport = {
  token: (context) => readBearerToken(headersOfRequest(requestOf(context))),
  request: requestOf,
  carrier: requestOf,

  longConnection(context) {
    if (Reflect.getMetadata(SSE_METADATA, context.getHandler()) !== true) return undefined;
    const response = responseOf(context);
    return eventStream(response.raw ?? response);
  },

  exception(error, context) {
    const isPresented = requestOf(context).headers.authorization !== undefined;
    // Exceptions of Nest carry no headers. These are on the answer whatever filter writes it.
    const response = responseOf(context);
    for (const [name, value] of Object.entries(headersOf(error, isPresented))) response.header(name, value);
    return new HttpException(problemOf(error), error.status, { cause: error });
  },
};

/** Not by `switchToHttp()`, which makes three functions each time. */
function requestOf(context: ExecutionContext): HttpRequest {
  return context.getArgByIndex<HttpRequest>(0);
}

function responseOf(context: ExecutionContext): HttpResponse {
  return context.getArgByIndex<HttpResponse>(1);
}
