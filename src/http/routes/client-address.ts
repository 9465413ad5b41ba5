import { isIP, isIPv4 } from 'node:net';

/**
 * The client's address in a form that Postgres takes as `inet`.
 *
 * @param claimed what the trusted hop says; a proxy that forwards unchecked `X-Forwarded-For` may say anything
 * @param connected the other end of the connection
 */
export function clientAddress(claimed: string, connected: string | undefined): string {
  return plainIp(claimed) ?? plainIp(connected ?? '') ?? '0.0.0.0';
}

function plainIp(text: string): string | null {
  // Asked for with every request.
  if (isIPv4(text)) return text;
  // A zone (`fe80::1%eth0`) means something on one machine only; IPv4 on a dual-stack socket is IPv4.
  const address = text.replace(/%.*$/s, '').replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? null : address;
}
