import type { EventEmitter } from 'node:events';
import type { ExecutionContext } from '@nestjs/common';
import type { StreamEnd } from '../../guard.js';
import { GuardError, type GuardErrorCode } from '../../guard-error.js';
import { problemOf } from '../../problem.js';
import { invalidToken } from '../../tokens/invalid-token.js';
import type { Carrier, LongConnection, Transport } from '../transport.js';
import { bearerValue } from './token-value.js';

/** The part of grpc-js that is used; the application brings the package. */
interface Metadata {
  get(key: string): unknown[];
  set(key: string, value: string): void;
}

interface ServerCall extends Carrier, EventEmitter {
  readonly metadata: Metadata;
  cancelled: boolean;
  getPeer(): string;
  /** Streams only. */
  readonly read?: unknown;
  readonly write?: unknown;
}

/** Codes of gRPC (google.rpc.Code). */
const STATUS_CODES: Record<number, number> = { 401: 16, 403: 7, 503: 14 };

/** gRPC: the token is in the metadata, at `authorization`. */
export const grpc: Transport = {
  token(context) {
    const token = bearerValue({ authorization: callOf(context).metadata.get('authorization') });
    if (token === undefined) throw invalidToken('the metadata has no authorization');
    return token;
  },

  // The peer is usually another service that calls for the user, so its address says nothing about the user's client.
  client: () => undefined,

  carrier: callOf,

  longConnection(context) {
    const call = callOf(context);
    return call.read || call.write ? stream(call) : undefined;
  },

  async exception(error, context) {
    const { RpcException } = await import('@nestjs/microservices');
    return new RpcException(status(error, callOf(context)));
  },
};

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
    close: (end) => closeCall(call, end),
    onceClosed(listener) {
      for (const event of ['close', 'finish', 'cancelled']) call.once(event, listener);
    },
  };
}

const ERROR_CODES: Record<StreamEnd['code'], GuardErrorCode> = {
  session_revoked: 'session_revoked',
  session_expired: 'session_expired',
  token_expired: 'invalid_token',
  unavailable: 'service_unavailable',
  closing: 'service_unavailable',
};

/** Sends the status, then does what grpc-js does when a client cancels: Nest unsubscribes from the application. */
function closeCall(call: ServerCall, { code, reason }: StreamEnd): void {
  const error = new GuardError(ERROR_CODES[code], { members: reason === undefined ? {} : { reason } });
  call.emit('error', status(error, call));
  call.cancelled = true;
  call.emit('cancelled', 'cancelled');
}

/** What grpc-js sends for an error: `code`, `details` and `metadata`. The problem is in the metadata as JSON. */
function status(error: GuardError, { metadata }: ServerCall): Error {
  const problem = problemOf(error);
  const trailers = new (metadata.constructor as new () => Metadata)();
  trailers.set('latchkey-problem', JSON.stringify(problem));
  // Nest passes an error whose text does not contain `cancelled` on to the application as one of the client's messages.
  return Object.assign(new Error(`cancelled: ${error.message}`), {
    code: STATUS_CODES[error.status],
    details: error.message,
    metadata: trailers,
  });
}
