import type { ExecutionContext } from '@nestjs/common';
import type { Transport } from './transport.js';
import { graphql } from './transports/graphql.js';
import { grpc, isGrpc } from './transports/grpc.js';
import { http } from './transports/http.js';
import { message } from './transports/message.js';
import { websocket } from './transports/websocket.js';

/** @throws {TypeError} for a kind of call that the guard does not know: it is refused, not let through */
export function transportOf(context: ExecutionContext): Transport {
  const type = context.getType<string>();
  if (type === 'http') return http;
  if (type === 'graphql') return graphql;
  if (type === 'ws') return websocket;
  if (type === 'rpc') return isGrpc(context) ? grpc : message;
  throw new TypeError(`the guard cannot check calls of the type "${type}"`);
}
