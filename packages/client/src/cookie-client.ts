import { assembleClient, type LatchkeyClient } from './assemble-client.js';
import type { ClientOptions } from './client-options.js';
import { Emitter } from './events.js';
import { CookieTokens } from './session/cookie-tokens.js';

export type * from './account-api.js';
export type { LatchkeyClient } from './assemble-client.js';
export * from './errors.js';
export type { LiveState } from './events.js';
export { revocationOutcome } from './json-request.js';

export type CookieClientOptions = Omit<ClientOptions, 'mode' | 'storage'>;

/** `createClient` in cookie mode, without what only bearer mode needs. For pages whose scripts have to be small. */
export function createCookieClient(options: CookieClientOptions): LatchkeyClient {
  const parts = { events: new Emitter(), store: new CookieTokens(), isShared: true };
  return assembleClient({ ...options, mode: 'cookie' }, parts);
}
