import type { Stored, Tokens } from './tokens.js';

/** What a client knows about the tokens of its session. */
export interface SessionTokens {
  /** @throws {Unreachable} if they cannot be read */
  read(): Promise<Stored>;
  /** Never rejects: a new token that cannot be saved is still the only one that works. */
  receive(tokens: Tokens, deviceToken: string | undefined): Promise<void>;
  /** Another tab has received new ones, which live as long as the last. */
  renew(): void;
  /** Keeps the device token. */
  forget(): Promise<void>;
  /** Whether the access token should be refreshed before it is used. */
  isExpiring(tokens: Tokens): boolean;
  /** When the tokens were received, by the monotonic clock of this tab. */
  receivedAt(tokens: Tokens): number;
}
