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

export const ASSERTION_HEADER = 'latchkey-assertion';

/** Every header of a grant. A gateway that copies them replaces what a client sent under these names. */
const GRANT_HEADERS: ReadonlySet<string> = new Set([...IDENTITY_HEADERS, ASSERTION_HEADER]);

/** Headers of `@latchkey/client`, which say nothing about who the caller is. */
const CLIENT_HEADERS: ReadonlySet<string> = new Set(['latchkey-passive', 'latchkey-touch-points']);

/** Upstreams that follow CGI (RFC 3875 §4.1.18) cannot distinguish `Latchkey-User` from `Latchkey_User`. */
const LOOKS_LIKE_IDENTITY = /^latchkey[-_]/;

/**
 * The name of a header that a client sent and that no grant overwrites, although an upstream might take it for an
 * identity header: another spelling, or a name that only other releases know.
 */
export function foreignIdentityHeader(headers: object): string | undefined {
  return Object.keys(headers).find((given) => {
    const name = given.toLowerCase();
    return LOOKS_LIKE_IDENTITY.test(name) && !GRANT_HEADERS.has(name) && !CLIENT_HEADERS.has(name);
  });
}

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
