import { EdgeError } from './edge-error.js';
import type { GatewayHeaders } from './gateway-request.js';

/** Upstreams that follow CGI (RFC 3875 §4.1.18) cannot distinguish `Latchkey-User` from `Latchkey_User`. */
const IDENTITY_HEADER = /^latchkey[-_]/;

/** The names of the headers that a client sent and that an upstream might take for identity headers. */
export function identityHeadersIn(headers: GatewayHeaders): string[] {
  return Object.keys(headers).filter((name) => IDENTITY_HEADER.test(name.toLowerCase()));
}

/**
 * Refuses identity headers of the client that no grant overwrites: other spellings, and names that only other releases
 * know. A gateway that copies the headers of a grant replaces the rest.
 *
 * @throws {EdgeError} identity_header_rejected
 */
export function refuseForeignIdentityHeaders(
  headers: GatewayHeaders,
  overwritten: ReadonlySet<string>,
): void {
  const foreign = identityHeadersIn(headers).find((name) => !overwritten.has(name.toLowerCase()));
  if (foreign === undefined) return;
  throw new EdgeError('identity_header_rejected', `A client must not send the header ${foreign}.`);
}
