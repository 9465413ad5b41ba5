import type { ExecutionContext } from '@nestjs/common';
import type { RequestClient, StreamEnd } from '../guard.js';
import type { GuardError } from '../guard-error.js';
import type { Principal } from '../principal.js';

/** The object of a call where an application finds the caller: the request, or what the transport has instead. */
export interface Carrier {
  user?: Principal;
}

/** A connection that stays open after the call was admitted. */
export interface LongConnection {
  /** The same object for every call on the connection. */
  readonly identity: object;
  /** Closes it in the same tick and tells the client why. */
  close(end: StreamEnd): void;
  /** Calls the listener when the connection has closed for any reason. */
  onceClosed(listener: () => void): void;
}

/** What differs between the ways in which a call reaches a Nest application. */
export interface Transport {
  /** @throws {GuardError} invalid_token unless the call has exactly one access token */
  token(context: ExecutionContext): string;

  /** Where the call came from; undefined if the transport cannot tell. */
  client(context: ExecutionContext): RequestClient | undefined;

  carrier(context: ExecutionContext): Carrier;

  /** The connection to close when the session ends; undefined for a call that is answered once. */
  longConnection(context: ExecutionContext): LongConnection | undefined;

  /** The exception that makes Nest answer the refusal in the form that clients of the transport expect. */
  exception(error: GuardError, context: ExecutionContext): Error | Promise<Error>;
}
