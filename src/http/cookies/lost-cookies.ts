import type { OriginHeaders } from '@latchkey/access-token/forward-auth/cross-site';
import { isLoopback } from '../../config/web-config.js';

/**
 * Why a browser ignores the session cookies of an answer; `null` as far as the request shows that it keeps them. A browser
 * does not report it, so the page would be signed out again after a login that succeeded.
 */
export function whyCookiesAreLost({ fetchSite, origin }: OriginHeaders, isSecure: boolean): string | null {
  // RFC 6265bis §5.7: `SameSite` cookies are not stored from answers to cross-site requests.
  if (fetchSite === 'cross-site')
    return 'Browsers keep these cookies only for pages of the same site. Serve the page from there, or use the token_delivery "body".';
  if (isSecure && origin !== undefined && isPlainHttp(origin))
    return 'Browsers keep these cookies only over HTTPS, and on localhost. Open the page at an https:// address.';
  return null;
}

function isPlainHttp(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  // Browsers treat these as secure (W3C Secure Contexts).
  const isTrustworthy = isLoopback(hostname) || hostname.endsWith('.localhost');
  return protocol === 'http:' && !isTrustworthy;
}
