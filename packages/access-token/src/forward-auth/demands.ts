import type { TokenSubject } from '../claims.js';

/** What the operator of a gateway requires of a request, besides an active session. */
export interface Demands {
  /** The user must have one of these roles; empty: none is required. */
  readonly roles: readonly string[];
  /** The greatest age of the login, in seconds; `null`: any age. */
  readonly maxAgeSeconds: number | null;
  /** The user must have completed all of these authentication methods (RFC 8176). */
  readonly amr: readonly string[];
  /** Whom the assertion is for; `null`: the default of the server. */
  readonly audience: string | null;
  /** Whether a refused page request is redirected to the sign-in page. */
  readonly redirectsToSignIn: boolean;
}

/** The demands cannot be understood. The message explains why to the operator. */
export class InvalidDemands extends Error {
  override readonly name = 'InvalidDemands';
}

/** Without separators: `role=a,b` and `role=a;amr=mfa` are mistakes, and would never match. */
const NAME = /^[A-Za-z0-9_.:/@-]{1,64}$/;

/** Every demand, with the values that it may have. */
const VALUES: Readonly<Record<string, RegExp>> = {
  role: NAME,
  amr: NAME,
  // At least 1: no login is younger than 0 seconds.
  max_age: /^[1-9]\d{0,8}$/,
  // Visible ASCII, such as a URL.
  audience: /^[\x21-\x7e]{1,256}$/,
  sign_in: /^1$/,
};

/**
 * Reads demands from the query of the gateway's own configuration: `role=admin&role=auditor&max_age=300&amr=mfa`. Never
 * read them from a header or from the query of the request that is checked, which the client chooses.
 *
 * Whatever is not understood is refused, so that a typing mistake never opens a door.
 *
 * @param query without the question mark
 * @throws {InvalidDemands}
 */
export function parseDemands(query: string): Demands {
  const given = new URLSearchParams(query);
  for (const [name, value] of given) {
    const form = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
    if (!form) throw new InvalidDemands(`The query may have only ${Object.keys(VALUES).join(', ')}.`);
    if (!form.test(value)) throw new InvalidDemands(`The value of ${name} is malformed.`);
  }
  const maxAge = only(given, 'max_age');
  return {
    roles: given.getAll('role'),
    maxAgeSeconds: maxAge === null ? null : Number(maxAge),
    amr: given.getAll('amr'),
    audience: only(given, 'audience'),
    redirectsToSignIn: only(given, 'sign_in') !== null,
  };
}

/** The first demand that a caller does not meet, in the terms of the service's errors. */
export type UnmetDemand =
  | { readonly code: 'insufficient_role' }
  /** RFC 9470 §3: another login is needed; `acrValues` says of which class, if the methods make one. */
  | {
      readonly code: 'insufficient_user_authentication';
      readonly amr: readonly string[];
      readonly acrValues: string | null;
    }
  | { readonly code: 'reauthentication_required'; readonly maxAgeSeconds: number };

/**
 * @param now epoch milliseconds
 * @returns `null` if the caller meets all demands
 */
export function unmetDemand(
  demands: Demands,
  caller: Pick<TokenSubject, 'roles' | 'amr' | 'authenticatedAt'>,
  now: number,
): UnmetDemand | null {
  const { roles, amr, maxAgeSeconds } = demands;
  // First, because no login changes the roles.
  if (roles.length > 0 && !roles.some((role) => caller.roles.includes(role))) {
    return { code: 'insufficient_role' };
  }
  if (!amr.every((method) => caller.amr.includes(method))) {
    const acrValues = amr.includes('mfa') ? 'aal2' : null;
    return { code: 'insufficient_user_authentication', amr, acrValues };
  }
  if (maxAgeSeconds !== null && now - caller.authenticatedAt > maxAgeSeconds * 1000) {
    return { code: 'reauthentication_required', maxAgeSeconds };
  }
  return null;
}

function only(given: URLSearchParams, name: string): string | null {
  const [value = null, ...others] = given.getAll(name);
  if (others.length > 0) throw new InvalidDemands(`${name} must not be repeated.`);
  return value;
}
