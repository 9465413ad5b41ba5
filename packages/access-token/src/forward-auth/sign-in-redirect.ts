/** The request that a gateway received, as it reports it. */
export interface ForwardedRequest {
  /** `https` or `http`. */
  readonly proto: string;
  readonly host: string;
  /** Path and query. */
  readonly uri: string;
}

/** The parameter of the sign-in page with the path to return to. */
export const RETURN_TO = 'return_to';

/** Longer ones are not kept: the user then stays on the sign-in page. */
const MAX_LENGTH = 2_048;
/** Starts with one slash: after `//` and `/\` browsers read a host. Without spaces and control characters, which they drop. */
const PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;

/**
 * Whether a browser opens a page with this request, and can follow a redirect to the sign-in page. A script, an image or
 * a form that is sent again after the sign-in cannot.
 *
 * @param fetchMode the header `Sec-Fetch-Mode` (W3C Fetch Metadata), which scripts cannot set
 */
export function opensPage(method: string, fetchMode: string | undefined): boolean {
  return method === 'GET' && fetchMode === 'navigate';
}

/**
 * Where to send a browser that has to sign in. The page returns to the path that was requested, on its own origin only:
 * the cookies of the service are sent to no other host, and a redirect to any other would be an open one.
 *
 * @param page URL of the sign-in page
 * @param forwarded `null` unless a trusted proxy reports it
 */
export function signInLocation(page: string, forwarded: ForwardedRequest | null): string {
  const location = new URL(page);
  const isOwn = forwarded !== null && originOf(forwarded) === location.origin;
  if (isOwn && isSafePath(forwarded.uri)) location.searchParams.set(RETURN_TO, forwarded.uri);
  return location.href;
}

/** Whether a browser resolves this text to a path on the same origin. */
export function isSafePath(text: string): boolean {
  return text.length <= MAX_LENGTH && PATH.test(text);
}

function originOf({ proto, host }: ForwardedRequest): string | null {
  // A host with a path or user would become part of another URL.
  if (!/^https?$/.test(proto) || !/^[\w.[\]:-]+$/.test(host) || !URL.canParse(`${proto}://${host}`))
    return null;
  return new URL(`${proto}://${host}`).origin;
}
