import type { IncomingMessage } from 'node:http';
import { type Demands, requireDemands } from '../demands.js';
import type { Guard, RequestClient } from '../guard.js';
import type { Principal } from '../principal.js';
import { readBearerToken } from './bearer-token.js';

/** What an adapter for HTTP needs to know. */
export interface HttpGuardOptions<Request> {
  readonly guard: Guard;
  /**
   * Where a request came from. By default, the address as the framework reports it, and the `User-Agent` header. Behind a
   * proxy, configure the framework to trust it. Leave the user agent out if a gateway drops or replaces it.
   */
  readonly clientOf?: (request: Request) => RequestClient;
}

/**
 * Checks the Bearer token of a request, and what its route demands; in the same tick if the guard can.
 *
 * @throws {GuardError} or rejects with one
 */
export function authenticate(
  guard: Guard,
  request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
  client: RequestClient,
  demands: Demands = NONE,
): Principal | Promise<Principal> {
  const checked = guard.check(readBearerToken(request), client);
  return checked instanceof Promise
    ? checked.then((principal) => requireDemands(principal, demands))
    : requireDemands(checked, demands);
}

const NONE: Demands = {};

/** The request of Node's `http`; frameworks that know trusted proxies set `ip`. */
export function clientOf(request: IncomingMessage & { readonly ip?: string | undefined }): RequestClient {
  return {
    address: request.ip ?? request.socket.remoteAddress,
    userAgent: request.headers['user-agent'],
  };
}
