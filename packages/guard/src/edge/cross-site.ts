import { isCrossSite, isSafeMethod } from '@latchkey/access-token/forward-auth/cross-site';
import { EdgeError } from './edge-error.js';
import { type GatewayRequest, singleValue } from './gateway-request.js';

/**
 * Refuses a request that a page of another site may have caused. Only for requests that are authenticated by a cookie:
 * browsers add it themselves (OWASP, Cross-Site Request Forgery Prevention).
 *
 * @param origins the origins that the gateway serves
 * @throws {EdgeError} cross_site_request
 */
export function refuseCrossSite(request: GatewayRequest, origins: ReadonlySet<string>): void {
  const { headers } = request;
  const found = {
    fetchSite: singleValue(headers, 'sec-fetch-site'),
    origin: singleValue(headers, 'origin'),
  };
  if (isSafe(request) || !isCrossSite(found, (origin) => origins.has(origin), true)) return;
  throw new EdgeError('cross_site_request');
}

/** Without a method from the gateway, the request may be of any method. */
function isSafe({ method, headers }: GatewayRequest): boolean {
  return method !== undefined && isSafeMethod(method) && !opensWebSocket(headers);
}

/** A WebSocket starts with GET, but the page that opened it can read and write (RFC 6455 §10.2). */
function opensWebSocket(headers: GatewayRequest['headers']): boolean {
  return (
    headers['sec-websocket-key'] !== undefined ||
    headers['sec-fetch-mode'] === 'websocket' ||
    headers.upgrade !== undefined
  );
}
