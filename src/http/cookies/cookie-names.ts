export interface CookieNames {
  readonly access: string;
  readonly refresh: string;
  /** Stays after logout: it says which device this is, not who uses it. */
  readonly device: string;
}

/**
 * @param isSecure with `__Host-` a browser takes the cookie from this very host over HTTPS only, so that neither a
 *   sibling domain nor a network can plant one (RFC 6265bis §4.1.3.2)
 */
export function cookieNames(isSecure: boolean): CookieNames {
  const prefix = isSecure ? '__Host-latchkey_' : 'latchkey_';
  return { access: `${prefix}access`, refresh: `${prefix}refresh`, device: `${prefix}device` };
}
