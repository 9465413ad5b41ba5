/**
 * Keeps one secret text. Implement it for a Keychain or a Keystore; both methods may be asynchronous.
 *
 * The client uses a new token only after `save` has returned. If `save` fails, it keeps the token in memory, and tries to
 * save it again with the next one.
 */
export interface TokenStorage {
  /** Whether other tabs or processes write here, too. It is then read before each request. */
  readonly isShared?: boolean;
  /** @returns what was saved last; `null` if nothing was */
  load(): string | null | Promise<string | null>;
  /** Replaces the text as a whole: a crash leaves the old or the new one. */
  save(text: string): void | Promise<void>;
}
