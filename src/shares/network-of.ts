import { isIP } from 'node:net';
import ipaddr, { type IPv6 } from 'ipaddr.js';

/** Bounds what a key takes in a store if an address is not one. */
const MAX_LENGTH = 64;

/**
 * The part of an IP address that identifies one customer: all of an IPv4 address, the /64 of an IPv6 address,
 * from which every subscriber can choose addresses (RFC 6177, RFC 8981). A /24 of IPv4 would join up to 256 unrelated
 * customers of a provider, one of whom could then use the share of all. Text that is not an address is returned,
 * truncated.
 */
export function networkOf(address: string): string {
  if (isIP(address) === 0) return address.slice(0, MAX_LENGTH);
  // `::ffff:192.0.2.1` is how a dual-stack socket reports an IPv4 client (RFC 4291 §2.5.5.2).
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4' ? parsed.toString() : prefix64(parsed as IPv6);
}

function prefix64({ parts }: IPv6): string {
  const groups = parts.slice(0, 4).map((group) => group.toString(16));
  return `${groups.join(':')}::/64`;
}
