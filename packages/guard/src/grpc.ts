import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { type Demands } from './demands.js';
import { seconds } from './duration.js';
import { GuardedCall } from './grpc/guarded-call.js';
import type { Guard, RequestClient } from './guard.js';
import { GuardError } from './guard-error.js';
import type { Principal } from './principal.js';

/** What a method demands of its caller. */
export interface MethodDemands extends Demands {
  /** Opens the method to everybody. All other methods require a token. */
  readonly public?: boolean;
}

export interface LatchkeyOptions {
  readonly guard: Guard;
  /** By the path of the method, such as `/shop.Orders/List`. */
  readonly methods?: Readonly<Record<string, MethodDemands>>;
  /** Where a call came from. By default, the address of the peer: user agents of gRPC name a library. */
  readonly clientOf?: (call: ServerInterceptingCallInterface, metadata: Metadata) => RequestClient;
}

const principals = new WeakMap<Metadata, Principal>();

/**
 * A server interceptor. Requires a valid token of an active session, `authorization: Bearer …` in the metadata, for every
 * method that is not public, and ends streams when their session ends. The status is `UNAUTHENTICATED`,
 * `PERMISSION_DENIED` or `UNAVAILABLE`; its metadata has the `latchkey-code` of the error and, if there is one, the
 * `latchkey-reason`.
 */
export function latchkey({ guard, methods = {}, clientOf = peer }: LatchkeyOptions): ServerInterceptor {
  for (const { maxAge } of Object.values(methods)) if (maxAge !== undefined) seconds(maxAge);
  return (method, call) => {
    const demands = Object.hasOwn(methods, method.path) ? (methods[method.path] ?? {}) : {};
    if (demands.public === true) return new ServerInterceptingCall(call);
    const isStream = method.requestStream || method.responseStream;
    const guarded = new GuardedCall({ guard, call, demands, isStream, clientOf, principals });
    return new ServerInterceptingCall(call, guarded.responder());
  };
}

/** The caller, in the handler of a method that is not public. @throws {GuardError} invalid_token if there is none */
export function principalOf({ metadata }: { readonly metadata: Metadata }): Principal {
  const principal = principals.get(metadata);
  if (!principal) throw new GuardError('invalid_token');
  return principal;
}

function peer(call: ServerInterceptingCallInterface): RequestClient {
  return { address: call.getConnectionInfo().remoteAddress };
}
