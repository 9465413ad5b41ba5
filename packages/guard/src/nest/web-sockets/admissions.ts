import type { IncomingMessage } from 'node:http';
import type { Principal } from '../../principal.js';

/** What the handshake of a connection has proved. */
export interface Admission {
  readonly token: string;
  readonly request: IncomingMessage;
  readonly principal: Principal;
}

/**
 * The admissions of handshakes, by the object that a handler gets as its client, and before that by the request.
 * Connections of the package `ws` do not know their own request.
 */
export const admissions = new WeakMap<object, Admission>();

/**
 * Checks the token of a handshake, and remembers the admission.
 *
 * @param token undefined if the client is anonymous
 * @throws {GuardError} unless the client may connect
 */
export type Admit = (token: string | undefined, request: IncomingMessage, key: object) => Promise<void>;
