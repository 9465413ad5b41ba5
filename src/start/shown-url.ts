import { isLoopback } from '../config/web-config.js';

/**
 * Where the service listens, under the host name of the links in mails. `127.0.0.1` and `localhost` are the same service
 * but different cookies: a user who opens one and follows a link to the other is not signed in there.
 *
 * @param origin the public one
 */
export function shownUrl(listening: string, origin: string): string {
  const url = new URL(listening);
  const { hostname } = new URL(origin);
  if (isLoopback(url.hostname) && isLoopback(hostname)) url.hostname = hostname;
  return url.origin;
}
