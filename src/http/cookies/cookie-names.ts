export interface CookieNames {
  readonly access: string;
  readonly refresh: string;
  /** Kept after logout: it identifies the device, not the user. */
  readonly device: string;
}

/**
 * @param isSecure adds `__Host-`, with which browsers accept the cookie only over HTTPS from this exact host. Neither a
 *   sibling domain nor an attacker on the network can then set one (RFC 6265bis §4.1.3.2)
 */
export function cookieNames(isSecure: boolean): CookieNames {
  const prefix = isSecure ? '__Host-latchkey_' : 'latchkey_';
  return { access: `${prefix}access`, refresh: `${prefix}refresh`, device: `${prefix}device` };
}
