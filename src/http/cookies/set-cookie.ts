import { stringifySetCookie } from 'cookie';

export interface CookieToSet {
  readonly name: string;
  /** Visible ASCII without `"`, `,`, `;` and `\`, as in every token of this service. */
  readonly value: string;
  /** 0 deletes the cookie. */
  readonly maxAgeSeconds: number;
  readonly isSecure: boolean;
}

/** RFC 6265bis §4.1.3.4: browsers keep a cookie no longer than this. */
const MAX_AGE_SECONDS = 400 * 86_400;

/**
 * A `Set-Cookie` header. Scripts cannot read the cookie, and browsers send it on same-site requests only. `Strict` does
 * not break links from other sites: they open a page without secrets, which then sends requests from its own site.
 */
export function setCookie({ name, value, maxAgeSeconds, isSecure }: CookieToSet): string {
  return stringifySetCookie(
    {
      name,
      value,
      maxAge: Math.min(Math.floor(maxAgeSeconds), MAX_AGE_SECONDS),
      path: '/',
      httpOnly: true,
      secure: isSecure,
      sameSite: 'strict',
    },
    // `cookieValues` does not decode.
    { encode: String },
  );
}
