import { isIPv4, isIPv6 } from 'node:net';

/** A proxy that may name anything as the client's address must not fill a store with it. */
const MAX_LENGTH = 64;

/**
 * The part of a network address that stands for one customer: IPv4 whole, IPv6 by its /64, of which every
 * subscriber has one to choose addresses from (RFC 6177, RFC 8981). What is no address stands for itself.
 */
export function networkOf(address: string): string {
  const [withoutZone = ''] = address.split('%');
  if (!isIPv6(withoutZone)) return address.slice(0, MAX_LENGTH);
  const groups = groupsOf(withoutZone);
  return mappedIPv4(groups) ?? `${groups.slice(0, 4).join(':')}::/64`;
}

/** The eight groups, in the one form that the URL standard gives to each address. */
function groupsOf(ipv6: string): string[] {
  const [head = '', tail] = new URL(`http://[${ipv6}]`).hostname.slice(1, -1).split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail?.split(':').filter(Boolean) ?? [];
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}

/** `::ffff:192.0.2.1` is how a dual-stack socket writes an IPv4 client (RFC 4291 §2.5.5.2). */
function mappedIPv4(groups: string[]): string | null {
  if (groups.slice(0, 6).join(':') !== '0:0:0:0:0:ffff') return null;
  const bytes = groups.slice(6).flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
  const ipv4 = bytes.join('.');
  return isIPv4(ipv4) ? ipv4 : null;
}
