import { EdgeError } from './edge-error.js';
import { type GatewayRequest, singleValue } from './gateway-request.js';

/** RFC 9110 §9.2.1. */
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Refuses a request that a page of another site may have caused. Only for requests that are authenticated by a cookie:
 * browsers add it themselves (OWASP, Cross-Site Request Forgery Prevention).
 *
 * @param origins the origins that the gateway serves
 * @throws {EdgeError} cross_site_request
 */
export function refuseCrossSite(request: GatewayRequest, origins: ReadonlySet<string>): void {
  if (isSafe(request) || !isCrossSite(request, origins)) return;
  throw new EdgeError('cross_site_request');
}

/** Without a method from the gateway, the request may be of any method. */
function isSafe({ method, headers }: GatewayRequest): boolean {
  return method !== undefined && SAFE_METHODS.includes(method) && !opensWebSocket(headers);
}

/** A WebSocket starts with GET, but the page that opened it can read and write (RFC 6455 §10.2). */
function opensWebSocket(headers: GatewayRequest['headers']): boolean {
  return (
    headers['sec-websocket-key'] !== undefined ||
    headers['sec-fetch-mode'] === 'websocket' ||
    headers.upgrade !== undefined
  );
}

function isCrossSite({ headers }: GatewayRequest, origins: ReadonlySet<string>): boolean {
  const fetchSite = singleValue(headers, 'sec-fetch-site');
  // `none` means that the user caused the request, for example with a bookmark, and not a page.
  if (fetchSite === 'same-origin' || fetchSite === 'none') return false;
  const origin = singleValue(headers, 'origin');
  // All current browsers send one of the two headers with an unsafe request, and any other client can.
  return origin === undefined || !origins.has(origin);
}
