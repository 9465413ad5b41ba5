import type { IncomingMessage } from 'node:http';
import type { RequestClient } from '../../guard.js';
import type { Carrier } from '../transport.js';

/** A request of Express, or one of Fastify, which wraps Node's. Upgrade requests of WebSockets have no `ip`. */
export type HttpRequest = Carrier &
  Pick<IncomingMessage, 'headers'> &
  Partial<Pick<IncomingMessage, 'rawHeaders' | 'socket'>> & {
    readonly raw?: IncomingMessage;
    /** The address, as the application's own settings about proxies determine it. */
    readonly ip?: string;
  };

/** The headers as they arrived: a framework may have changed its own copy. */
export function nodeRequest(request: HttpRequest): Pick<IncomingMessage, 'headers' | 'rawHeaders'> {
  return { headers: request.headers, rawHeaders: request.rawHeaders ?? request.raw?.rawHeaders ?? [] };
}

export function clientOf(request: HttpRequest): RequestClient {
  const { headers, ip } = request;
  return { address: ip ?? peerAddress(request), userAgent: headers['user-agent'] };
}

/** Behind a proxy the peer is the proxy, and nothing says here which proxies may be believed: better no address. */
function peerAddress({ headers, socket }: HttpRequest): string | undefined {
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  return isForwarded ? undefined : socket?.remoteAddress;
}
