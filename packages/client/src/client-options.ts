import type { TokenStorage } from './storage/token-storage.js';

export interface ClientOptions {
  /** Where the service is: `https://id.example.com`, or a path of the page's own origin such as `/`. */
  readonly baseUrl: string;
  /**
   * `cookie`: the service keeps the tokens in cookies that scripts cannot read; for pages of the same site.
   * `bearer`: the client keeps them in `storage`, and sends them in the `Authorization` header.
   */
  readonly mode: 'cookie' | 'bearer';
  /** For `bearer`; in memory by default. */
  readonly storage?: TokenStorage;
  readonly device?: {
    /** What the user calls the device. */
    readonly name?: string;
  };
  /** Base URLs of other servers that `client.fetch` may send the session to. */
  readonly resources?: readonly string[];
  /** Whether to keep the event stream open while signed in; by default in pages, or while something listens to `account`. */
  readonly live?: boolean;
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof fetch;
}
