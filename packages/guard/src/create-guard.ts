import type { Guard } from './guard.js';

export interface GuardOptions {
  /** The `iss` of the tokens: the public URL of the service, exactly as it is configured there. */
  readonly issuer: string;
  /** One or several base URLs where instances of the service are reached; the issuer if left out. */
  readonly service?: string | readonly string[];
  readonly clientId: string;
  readonly clientSecret: string;
  /** The `aud` that tokens must have: this resource server. One of several is enough. */
  readonly audience: string | readonly string[];
  /**
   * What to do without a lease when no instance can be reached: refuse with 503, or allow until the token expires, which
   * gives up the promise that a revoked session is refused at once. Default: `refuse`.
   */
  readonly whenUnreachable?: 'refuse' | 'allow';
}

export type { Guard, OpenStream, RequestClient, SessionEnd, StreamEnd } from './guard.js';
export { GuardError } from './guard-error.js';
export type { Principal } from './principal.js';

/** Connects a resource server to the service. Closing it is the caller's task. */
export function createGuard(_options: GuardOptions): Guard {
  throw new Error('not built yet');
}
