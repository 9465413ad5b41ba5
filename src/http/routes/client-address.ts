import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

/** Longer than any address with a zone, brackets and a port. */
const MAX_LENGTH = 128;

/**
 * Parsing takes 40 times as long as a look-up, and is needed for every IPv4 client of a dual-stack socket
 * (`::ffff:192.0.2.1`).
 */
const parsed = new LRUCache<string, string>({ max: 10_000 });

/**
 * The client's IP address in a form that Postgres accepts as `inet`.
 *
 * @param claimed what the trusted hop reports, which can be any text if a proxy passes on `X-Forwarded-For` unchecked
 * @param connected the peer address of the connection
 */
export function clientAddress(claimed: string, connected: string | undefined): string {
  return normalize(claimed) ?? normalize(connected ?? '') ?? '0.0.0.0';
}

/** The same for an address that another server reports; `null` if it is none. */
export function reportedAddress(claimed: string): string | null {
  return normalize(claimed);
}

/** Some proxies, such as Azure Application Gateway, add the port: `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
export function withoutPort(address: string): string {
  return (
    /^([\d.]+):\d{1,5}$/.exec(address)?.[1] ?? /^\[([^\]]*)\](?::\d{1,5})?$/.exec(address)?.[1] ?? address
  );
}

function normalize(text: string): string | null {
  // This runs for every request.
  if (isIPv4(text)) return text;
  if (text.length > MAX_LENGTH) return null;
  const known = parsed.get(text);
  if (known !== undefined) return known;
  // A zone (`fe80::1%eth0`) has a meaning on one machine only.
  const [address = ''] = withoutPort(text).split('%');
  // ipaddr.js alone would also accept `1.2.3` and octal numbers.
  if (isIP(address) === 0) return null;
  const normalized = ipaddr.process(address).toString();
  parsed.set(text, normalized);
  return normalized;
}
