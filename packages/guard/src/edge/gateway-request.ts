import type { RequestClient } from '../guard.js';

/** Lower-case names. Several values of a header are a list, or are joined by a comma. */
export type GatewayHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Where the client's request was going, as the gateway says. */
export interface RequestTarget {
  /** Such as `https`. */
  readonly scheme: string;
  /** With a port unless it is the scheme's own. */
  readonly host: string;
  /** Path and query, starting with a slash. */
  readonly uri: string;
}

/** A request that a gateway asks about. */
export interface GatewayRequest {
  /** The demands in the gateway's configuration, as a query. Nothing in it comes from the client. */
  readonly query: string;
  /** The headers that the client sent. */
  readonly headers: GatewayHeaders;
  /** The method of the client's request; `undefined` if the gateway does not say. */
  readonly method: string | undefined;
  readonly target: RequestTarget | undefined;
  /** The address and user agent to report to the service. */
  readonly client: RequestClient;
}

/** The only value of a header; `undefined` if it is absent, empty or repeated. */
export function singleValue(headers: GatewayHeaders, name: string): string | undefined {
  const value = headers[name];
  if (typeof value === 'string') return value === '' ? undefined : value;
  return value?.length === 1 ? value[0] : undefined;
}
