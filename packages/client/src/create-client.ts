import { assembleClient, type LatchkeyClient } from './assemble-client.js';
import type { ClientOptions } from './client-options.js';
import { Emitter } from './events.js';
import { CookieTokens } from './session/cookie-tokens.js';
import { TokenStore } from './session/token-store.js';
import { memoryStorage } from './storage/memory-storage.js';

export type * from './account-api.js';
export type { LatchkeyClient } from './assemble-client.js';
export type * from './client-options.js';
export * from './errors.js';
export type { ClientEvents, LiveState, SignInState } from './events.js';
export { revocationOutcome } from './json-request.js';
export type { components, operations, paths } from './openapi.js';
export type * from './sign-in.js';
export { memoryStorage } from './storage/memory-storage.js';
export type { TokenStorage } from './storage/token-storage.js';
export { webStorage } from './storage/web-storage.js';

/** Keeps a user signed in. Create one per service, when the page or the program starts. */
export function createClient(options: ClientOptions): LatchkeyClient {
  const events = new Emitter();
  if (options.mode === 'cookie')
    return assembleClient(options, { events, store: new CookieTokens(), isShared: true });
  const { storage = memoryStorage() } = options;
  const store = new TokenStore(storage, (error) => events.emit('storage_error', error));
  // Tabs with tokens in memory have separate sessions.
  return assembleClient(options, { events, store, isShared: storage.isShared ?? false });
}
