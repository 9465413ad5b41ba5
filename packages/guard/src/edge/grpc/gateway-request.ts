import { isIP } from 'node:net';
import { forwardedClient } from '../forwarded-client.js';
import type { GatewayHeaders, GatewayRequest, RequestTarget } from '../gateway-request.js';
import type { AttributeContext, CheckRequest, HttpAttributes } from './ext-authz.js';

/**
 * @param hops how many proxies that append to `X-Forwarded-For` are trusted, with Envoy
 * @returns `null` for a request without HTTP attributes
 */
export function gatewayRequest({ attributes }: CheckRequest, hops: number): GatewayRequest | null {
  const http = attributes?.request?.http;
  if (!attributes || !http) return null;
  const headers = headersOf(http);
  return {
    query: queryOf(attributes.contextExtensions),
    headers,
    method: http.method,
    target: targetOf(http),
    client: { ...forwardedClient(headers, hops), ...peerAddress(attributes, hops) },
  };
}

/** Names are unique in Envoy's configuration, so that several values are separated by commas there. */
function queryOf(extensions: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(extensions).flatMap(([name, values]) =>
    values.split(',').map((value): [string, string] => [name, value.trim()]),
  );
  return new URLSearchParams(pairs).toString();
}

function headersOf({ headers, headerMap }: HttpAttributes): GatewayHeaders {
  if (!headerMap || headerMap.headers.length === 0) return headers;
  const lists: Record<string, string[]> = Object.create(null);
  for (const { key, value, rawValue } of headerMap.headers) {
    lists[key] = [...(lists[key] ?? []), value === '' ? Buffer.from(rawValue).toString('latin1') : value];
  }
  return lists;
}

function targetOf({ scheme, host, path }: HttpAttributes): RequestTarget {
  return { scheme, host, uri: path };
}

/** Envoy knows its own client even if it is not configured to append it to `X-Forwarded-For`. */
function peerAddress({ source }: AttributeContext, hops: number): { address?: string } {
  const address = source?.address?.socketAddress?.address ?? '';
  return hops === 1 && isIP(address) !== 0 ? { address } : {};
}
