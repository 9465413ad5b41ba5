export interface CookieToSet {
  readonly name: string;
  /** Visible ASCII without `"`, `,`, `;` and `\`: every token of this service is. */
  readonly value: string;
  /** 0 takes the cookie away. */
  readonly maxAgeSeconds: number;
  readonly isSecure: boolean;
}

/** RFC 6265bis §4.1.3.4: what browsers keep at most. */
const MAX_AGE_SECONDS = 400 * 86_400;

/**
 * One `Set-Cookie` header. No page script reads the cookie, and it comes along with requests of this site only. That
 * may be `Strict`: what a link from elsewhere opens is a page without secrets, which then fetches from its own site.
 */
export function setCookie({ name, value, maxAgeSeconds, isSecure }: CookieToSet): string {
  return [
    `${name}=${value}`,
    `Max-Age=${Math.min(Math.floor(maxAgeSeconds), MAX_AGE_SECONDS)}`,
    'Path=/',
    'HttpOnly',
    ...(isSecure ? ['Secure'] : []),
    'SameSite=Strict',
  ].join('; ');
}
