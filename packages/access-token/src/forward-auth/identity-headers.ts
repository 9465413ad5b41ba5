import type { TokenSubject } from '../claims.js';

/** The caller of a request that was granted. */
export type Identity = Pick<
  TokenSubject,
  'userId' | 'sessionId' | 'deviceId' | 'roles' | 'authenticatedAt' | 'amr'
>;

/** The names of the headers, in lower case. A client must not be able to send any of them through the gateway. */
export const IDENTITY_HEADERS = [
  'latchkey-user',
  'latchkey-session',
  'latchkey-device',
  'latchkey-roles',
  'latchkey-auth-time',
  'latchkey-amr',
] as const;

export type IdentityHeader = (typeof IDENTITY_HEADERS)[number];

/** Visible ASCII without a comma, which separates the items of a list (RFC 9110 §5.6.1). */
const ITEM = /^[\x21-\x2b\x2d-\x7e]+$/;

/**
 * The identity of the caller for the server behind a gateway. Every header is present on every grant, empty if there is
 * nothing to say: gateways replace a header only by one that they receive, so a missing one would let a header of the
 * client pass.
 */
export function identityHeaders(caller: Identity): Record<IdentityHeader, string> {
  return {
    'latchkey-user': caller.userId,
    'latchkey-session': caller.sessionId,
    'latchkey-device': caller.deviceId ?? '',
    'latchkey-roles': listText(caller.roles),
    'latchkey-auth-time': String(Math.floor(caller.authenticatedAt / 1000)),
    'latchkey-amr': listText(caller.amr),
  };
}

/**
 * Leaves out what a header cannot express, such as a role with a comma that was written with plain SQL: `a,admin` would
 * be read as two roles. A missing role opens nothing.
 */
function listText(items: readonly string[]): string {
  return items.filter((item) => ITEM.test(item)).join(',');
}
