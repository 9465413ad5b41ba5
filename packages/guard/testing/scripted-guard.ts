import type { Guard, OpenStream, RequestClient } from '../src/guard.js';
import { GuardError } from '../src/guard-error.js';
import type { Principal } from '../src/principal.js';

const HOUR_MS = 60 * 60_000;

/** A guard whose tokens and sessions are what a test says, for what is built on guards. */
export class ScriptedGuard implements Guard {
  /** Every token that was checked, with the client that was reported. */
  readonly checks: { readonly token: string; readonly client: RequestClient | undefined }[] = [];
  /** Replaces the answer of every check, such as by a promise that never settles. */
  override: (() => Principal | Promise<Principal>) | null = null;
  isReady = true;
  isClosed = false;
  readonly #principals = new Map<string, Principal>();
  readonly #ends = new Map<string, string>();

  /** @returns an access token of a new session */
  login(changes: Partial<Principal> = {}): string {
    const token = `token-${this.#principals.size + 1}`;
    this.#principals.set(token, {
      userId: '019b0000-0000-7000-8000-000000000001',
      sessionId: `019b0000-0000-7000-8000-1000000000${String(this.#principals.size).padStart(2, '0')}`,
      deviceId: '019b0000-0000-7000-8000-000000000003',
      clientId: null,
      roles: [],
      authenticatedAt: Date.now() - 1_000,
      amr: ['pwd'],
      acr: 'aal1',
      expiresAt: Date.now() + HOUR_MS,
      ...changes,
    });
    return token;
  }

  revoke(token: string, reason: string): void {
    this.#ends.set(token, reason);
  }

  async ready(): Promise<void> {
    if (!this.isReady) await new Promise(() => {});
  }

  check(token: string, client?: RequestClient): Principal | Promise<Principal> {
    this.checks.push({ token, client });
    if (this.override) return this.override();
    const reason = this.#ends.get(token);
    if (reason !== undefined) throw new GuardError('session_revoked', { members: { reason } });
    const principal = this.#principals.get(token);
    if (!principal) throw new GuardError('invalid_token');
    return principal;
  }

  openStream(): OpenStream {
    throw new Error('an edge has no streams');
  }

  onSessionEnd(): () => void {
    return () => {};
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}
