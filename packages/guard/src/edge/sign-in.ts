import { type GatewayRequest, type RequestTarget, singleValue } from './gateway-request.js';

export interface SignInOptions {
  /** The page where users sign in. */
  readonly url: string;
  /** The origins that the gateway serves, such as `https://app.example.com`: the only ones to return to. */
  readonly origins: ReadonlySet<string>;
}

/** Whether a browser will show the answer as a page. Scripts and images cannot send this header (W3C Fetch Metadata). */
export function isNavigation({ method, headers }: GatewayRequest): boolean {
  return method === 'GET' && singleValue(headers, 'sec-fetch-mode') === 'navigate';
}

/** The sign-in page, with the page to return to if the gateway serves it. */
export function signInLocation({ url, origins }: SignInOptions, target: RequestTarget | undefined): string {
  const location = new URL(url);
  const returnTo = target && returnAddress(target, origins);
  if (returnTo) location.searchParams.set('return_to', returnTo);
  return location.href;
}

/** `undefined` unless the address is on one of the origins: everything else would be an open redirect (CWE-601). */
function returnAddress(
  { scheme, host, uri }: RequestTarget,
  origins: ReadonlySet<string>,
): string | undefined {
  const origin = `${scheme}://${host}`.toLowerCase();
  if (!origins.has(origin) || !uri.startsWith('/') || !URL.canParse(origin + uri)) return undefined;
  const address = new URL(origin + uri);
  return origins.has(address.origin) ? address.href : undefined;
}
