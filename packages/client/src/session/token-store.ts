import { Unreachable } from '../errors.js';
import type { TokenStorage } from '../storage/token-storage.js';
import type { SessionTokens } from './session-tokens.js';
import { isExpiring, parseStored, type Stored, type Tokens } from './tokens.js';

/** The tokens of the session, in memory and in their storage. */
export class TokenStore implements SessionTokens {
  private known: Stored | null = null;
  /** Could not be saved, so what is in the storage is older. */
  private isUnsaved = false;
  /** When this tab received the tokens, by the monotonic clock; `null` if it has read them. */
  private received: { readonly tokens: Tokens; readonly at: number } | null = null;

  constructor(
    private readonly storage: TokenStorage,
    private readonly onError: (error: unknown) => void,
  ) {}

  async read(): Promise<Stored> {
    const mayBeOld = this.storage.isShared && !this.isUnsaved;
    if (this.known && !mayBeOld) return this.known;
    try {
      this.known = parseStored(await this.storage.load());
    } catch (error) {
      this.onError(error);
      // A locked Keychain, for example, does not mean that there is no session.
      if (!this.known) throw new Unreachable(null, { cause: error });
    }
    return this.known;
  }

  private async write(stored: Stored): Promise<void> {
    this.known = stored;
    this.isUnsaved = true;
    try {
      await this.storage.save(JSON.stringify(stored));
      this.isUnsaved = false;
    } catch (error) {
      this.onError(error);
    }
  }

  async receive(tokens: Tokens, deviceToken: string | undefined): Promise<void> {
    this.received = { tokens, at: performance.now() };
    await this.write({ tokens, ...(deviceToken !== undefined && { device_token: deviceToken }) });
  }

  renew(): void {
    // They are in the storage.
  }

  async forget(): Promise<void> {
    await this.write({ ...(await this.read()), tokens: null });
  }

  isExpiring(tokens: Tokens): boolean {
    return isExpiring(tokens, this.ageMs(tokens));
  }

  receivedAt(tokens: Tokens): number {
    return performance.now() - this.ageMs(tokens);
  }

  private ageMs(tokens: Tokens): number {
    const { received } = this;
    const isSame = received?.tokens.received_at === tokens.received_at;
    return received && isSame ? performance.now() - received.at : Date.now() - tokens.received_at;
  }
}
