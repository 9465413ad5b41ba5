import type { IncomingMessage } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { readBearerToken } from '../../http/bearer-token.js';
import { problemOf } from '../../problem.js';
import { type Carrier, type HttpRequest, headersOfRequest } from '../http-request.js';
import type { Transport } from '../transport.js';
import { bearerValue } from './bearer-value.js';
import { webSocketConnection } from './web-socket-connection.js';

/** What graphql-ws knows about the connection of an operation. */
interface Connection {
  readonly connectionParams?: Readonly<Record<string, unknown>>;
  readonly extra: { readonly socket: WebSocket; readonly request: IncomingMessage };
}

/** The context of an operation. Unless the application configures another one, Nest puts its source at `req`. */
interface OperationContext extends Carrier {
  readonly req?: HttpRequest | Connection;
}

/** GraphQL over HTTP, and over WebSockets by graphql-ws. */
export const graphql: Transport = {
  token(context) {
    const source = sourceOf(context);
    if (!isConnection(source)) return readBearerToken(headersOfRequest(source));
    return bearerValue(source.connectionParams) ?? readBearerToken(source.extra.request);
  },

  request(context) {
    const source = sourceOf(context);
    return isConnection(source) ? source.extra.request : source;
  },

  carrier: operationContext,

  // Every operation of the connection has the same token, so the connection ends with the session.
  longConnection(context) {
    const source = sourceOf(context);
    return isConnection(source) ? webSocketConnection(source.extra.socket) : undefined;
  },

  async exception(error) {
    const { GraphQLError } = await import('graphql');
    const { title, detail, ...extensions } = problemOf(error);
    return new GraphQLError(detail ?? title, { extensions, originalError: error });
  },
};

/** The third argument of a resolver. Resolvers of references (federation) have one argument less before it. */
function operationContext(context: ExecutionContext): OperationContext {
  const args = context.getArgs();
  return args.length === 3 ? args[1] : args[2];
}

function sourceOf(context: ExecutionContext): HttpRequest | Connection {
  const operation = operationContext(context);
  for (const source of [operation.req, operation])
    if (isConnection(source) || isRequest(source)) return source;
  throw new TypeError(
    'the GraphQL context has neither `req` nor the `extra` of graphql-ws: return one of them',
  );
}

function isRequest(value: unknown): value is HttpRequest {
  return typeof value === 'object' && value !== null && 'headers' in value;
}

function isConnection(value: unknown): value is Connection {
  return typeof value === 'object' && value !== null && 'extra' in value && typeof value.extra === 'object';
}
