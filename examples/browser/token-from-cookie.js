import { parseCookie } from 'cookie';

/**
 * A hook that presents the access token in the cookie to the guard. Pages of other origins can make a browser send the
 * cookie too, so it counts only for requests of this application's own pages. All current browsers say which they are.
 */
export function tokenFromCookie(name) {
  return async ({ raw: { headers } }) => {
    const token = parseCookie(headers.cookie ?? '')[name];
    const isOwnPage = headers['sec-fetch-site'] === 'same-origin';
    if (token && isOwnPage) headers.authorization ??= `Bearer ${token}`;
  };
}
