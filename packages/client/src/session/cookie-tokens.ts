import type { SessionTokens } from './session-tokens.js';
import { isExpiring, type Stored, type Tokens } from './tokens.js';

/** The tokens are in cookies that scripts cannot read. Known is how long they live. */
export class CookieTokens implements SessionTokens {
  #tokens: Tokens | null = null;
  #at = 0;

  async read(): Promise<Stored> {
    return { tokens: this.#tokens };
  }

  async receive(tokens: Tokens): Promise<void> {
    this.#tokens = tokens;
    this.renew();
  }

  renew(): void {
    this.#at = performance.now();
  }

  async forget(): Promise<void> {
    this.#tokens = null;
  }

  isExpiring(tokens: Tokens): boolean {
    return isExpiring(tokens, performance.now() - this.#at);
  }

  receivedAt(): number {
    return this.#at;
  }
}
