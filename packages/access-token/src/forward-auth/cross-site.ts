/** RFC 9110 §9.2.1. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method);
}

/** Headers in which a browser reports where a request comes from. Scripts cannot change them. */
export interface OriginHeaders {
  /** `Sec-Fetch-Site` (W3C Fetch Metadata). */
  readonly fetchSite: string | undefined;
  readonly origin: string | undefined;
}

/**
 * Whether a request may come from an untrusted page (OWASP, Cross-Site Request Forgery Prevention).
 *
 * @param requiresHeaders whether a request without these headers counts as cross-site. All current browsers send one of
 *   them with an unsafe request, and any other client can
 */
export function isCrossSite(
  { fetchSite, origin }: OriginHeaders,
  isTrusted: (origin: string) => boolean,
  requiresHeaders: boolean,
): boolean {
  // `none` means that the user caused the request, for example with a bookmark, and not a page.
  if (fetchSite === 'same-origin' || fetchSite === 'none') return false;
  if (origin !== undefined) return !isTrusted(origin);
  return fetchSite !== undefined || requiresHeaders;
}
