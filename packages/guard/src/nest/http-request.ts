import type { IncomingMessage } from 'node:http';
import type { RequestClient } from '../guard.js';
import type { Principal } from '../principal.js';

/** The object of a call where an application finds the caller: the request, or what the transport has instead. */
export interface Carrier {
  user?: Principal;
}

/** A request of Express, one of Fastify, which wraps Node's, or Node's own, which opened a WebSocket. */
export type HttpRequest = Carrier &
  Pick<IncomingMessage, 'headers' | 'socket'> &
  Partial<Pick<IncomingMessage, 'rawHeaders'>> & {
    readonly raw?: IncomingMessage;
    /** The address, as the framework's own settings about proxies determine it. Node's requests have none. */
    readonly ip?: string;
  };

/** The headers as they arrived, repeated ones included. */
export function headersOfRequest(request: HttpRequest): Pick<IncomingMessage, 'headers' | 'rawHeaders'> {
  return { headers: request.headers, rawHeaders: request.rawHeaders ?? request.raw?.rawHeaders ?? [] };
}

/** Where a request came from, unless the application knows better (`clientOf`). */
export function clientOfRequest(request: HttpRequest): RequestClient {
  return { address: request.ip ?? peerAddress(request), userAgent: request.headers['user-agent'] };
}

/** Behind a proxy the peer is the proxy, and nothing says here which proxies may be believed: better no address. */
function peerAddress({ headers, socket }: HttpRequest): string | undefined {
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  return isForwarded ? undefined : socket.remoteAddress;
}
