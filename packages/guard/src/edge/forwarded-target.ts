import { type GatewayHeaders, type RequestTarget, singleValue } from './gateway-request.js';

/** Where the client's request was going; `undefined` unless the gateway says all of it. */
export function forwardedTarget(headers: GatewayHeaders): RequestTarget | undefined {
  const scheme = singleValue(headers, 'x-forwarded-proto');
  const host = singleValue(headers, 'x-forwarded-host');
  const uri = singleValue(headers, 'x-forwarded-uri');
  if (scheme === undefined || host === undefined || uri === undefined) return undefined;
  return { scheme, host, uri };
}

/**
 * The method of the client's request. Gateways ask with GET whatever the client's method was, so GET alone says
 * nothing. A page cannot make a browser send `X-Forwarded-Method` to another site without permission (CORS).
 */
export function forwardedMethod(headers: GatewayHeaders, method: string | undefined): string | undefined {
  const forwarded = singleValue(headers, 'x-forwarded-method');
  return forwarded ?? (method === 'GET' ? undefined : method);
}
