import { isIP } from 'node:net';
import type { RequestClient } from '../guard.js';
import { type GatewayHeaders, singleValue } from './gateway-request.js';

/**
 * The client of a request, from headers that the gateway wrote.
 *
 * @param hops how many proxies that append to `X-Forwarded-For` are trusted: 1 is the gateway alone, and the last entry
 *   is the client. Entries before that come from the client
 */
export function forwardedClient(headers: GatewayHeaders, hops: number): RequestClient {
  const address = forwardedAddress(headers['x-forwarded-for'], hops);
  const userAgent = singleValue(headers, 'user-agent');
  return { ...(address && { address }), ...(userAgent && { userAgent }) };
}

function forwardedAddress(header: string | readonly string[] | undefined, hops: number): string | undefined {
  if (header === undefined || hops === 0) return undefined;
  const entries = (typeof header === 'string' ? header : header.join(',')).split(',');
  const entry = entries.at(-hops)?.trim();
  // With fewer entries than proxies the header was not written by all of them.
  return entry === undefined ? undefined : addressIn(entry);
}

/** An entry may have a port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function addressIn(entry: string): string | undefined {
  const address = /^\[(.+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^([\d.]+):\d+$/.exec(entry)?.[1] ?? entry;
  return isIP(address) === 0 ? undefined : address;
}
