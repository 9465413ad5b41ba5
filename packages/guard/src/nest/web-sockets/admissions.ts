import type { RequestClient } from '../../guard.js';
import type { Principal } from '../../principal.js';

/** What a handshake presents: a token, unless the client is anonymous. */
export interface Presented {
  readonly token: string | undefined;
  readonly client: RequestClient;
}

/** What the handshake of a connection has proved. */
export interface Admission {
  readonly token: string;
  readonly client: RequestClient;
  readonly principal: Principal;
}

/**
 * The admissions of handshakes, by the object that a handler gets as its client. Connections of the package `ws` do not
 * know their own request.
 */
export const admissions = new WeakMap<object, Admission>();
