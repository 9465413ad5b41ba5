import type { EventEmitter } from 'node:events';
import type { ExecutionContext } from '@nestjs/common';
import { statusParts } from '../../grpc/status-parts.js';
import type { GuardError } from '../../guard-error.js';
import { streamError } from '../../session-end-errors.js';
import { invalidToken } from '../../tokens/invalid-token.js';
import type { Carrier } from '../http-request.js';
import type { LongConnection, Transport } from '../transport.js';
import { bearerValue } from './bearer-value.js';

/** The part of grpc-js that is used; the application brings the package. */
interface Metadata {
  get(key: string): unknown[];
  set(key: string, value: string): void;
}

interface ServerCall extends Carrier, EventEmitter {
  readonly metadata: Metadata;
  cancelled: boolean;
  /** Only calls with a stream have one of these. */
  readonly read?: unknown;
  readonly write?: unknown;
}

/** gRPC: the token is in the metadata, at `authorization`. */
export const grpc: Transport = {
  token(context) {
    const token = bearerValue({ authorization: callOf(context).metadata.get('authorization') });
    if (token === undefined) throw invalidToken('the metadata has no authorization');
    return token;
  },

  request: () => undefined,
  carrier: callOf,

  longConnection(context) {
    const call = callOf(context);
    return call.read || call.write ? stream(call) : undefined;
  },

  async exception(error, context) {
    const call = callOf(context);
    if (context.getArgByIndex(0) === call) return endUnhandled(call, error);
    const { RpcException } = await import('@nestjs/microservices');
    return new RpcException(callError(error, call));
  },
};

/**
 * Nest sends no status for an error before a handler with `@GrpcStreamCall()`, and the unhandled rejection would end the
 * process. So this sends the status and never settles, which keeps the handler from running.
 */
function endUnhandled(call: ServerCall, error: GuardError): Promise<never> {
  endCall(call, error);
  return new Promise(() => {});
}

export function isGrpc(context: ExecutionContext): boolean {
  return context.getArgs().some(isServerCall);
}

function callOf(context: ExecutionContext): ServerCall {
  return context.getArgs().find(isServerCall) as ServerCall;
}

function isServerCall(value: unknown): value is ServerCall {
  return typeof value === 'object' && value !== null && 'getPeer' in value && 'metadata' in value;
}

function stream(call: ServerCall): LongConnection {
  return {
    identity: call,
    ...(call.write ? { writers: { target: call, methods: ['write'] } } : {}),
    close: (end) => endCall(call, streamError(end)),
    onceClosed(listener) {
      for (const event of ['close', 'finish', 'cancelled']) call.once(event, listener);
    },
  };
}

/** Sends the status, then does what grpc-js does when a client cancels: Nest unsubscribes from the application. */
function endCall(call: ServerCall, error: GuardError): void {
  call.emit('error', callError(error, call));
  call.cancelled = true;
  call.emit('cancelled', 'cancelled');
  // grpc-js may emit it again when the client has closed its side.
  call.removeAllListeners('cancelled');
}

/** What grpc-js sends for an error: its `code`, `details` and `metadata`. */
function callError(error: GuardError, { metadata }: ServerCall): Error {
  const { code, details, entries } = statusParts(error);
  const trailers = new (metadata.constructor as new () => Metadata)();
  for (const [name, value] of entries) trailers.set(name, value);
  // Nest passes errors on to the application, in place of a message of the client, unless they say `cancelled`.
  return Object.assign(new Error(`cancelled: ${details}`), { code, details, metadata: trailers });
}
