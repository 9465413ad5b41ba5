import type { ExecutionContext } from '@nestjs/common';
import type { StreamEnd } from '../guard.js';
import type { GuardError } from '../guard-error.js';
import type { Carrier, HttpRequest } from './http-request.js';

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

  /**
   * The HTTP request of the call, or of the connection that it came on. Undefined where the peer is another service that
   * calls for the user: its address says nothing about the user's client.
   */
  request(context: ExecutionContext): HttpRequest | undefined;

  carrier(context: ExecutionContext): Carrier;

  /** The connection to close when the session ends; undefined for a call that is answered once. */
  longConnection(context: ExecutionContext): LongConnection | undefined;

  /** The exception that makes Nest answer the refusal in the form that clients of the transport expect. */
  exception(error: GuardError, context: ExecutionContext): Error | Promise<Error>;
}
