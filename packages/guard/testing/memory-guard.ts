import type { Guard, OpenStream, RequestClient, SessionEnd, StreamEnd } from '../src/guard.js';
import { GuardError } from '../src/guard-error.js';
import type { Principal } from '../src/principal.js';

interface Stream {
  readonly principal: Principal;
  readonly close: (end: StreamEnd) => void;
}

/** A guard whose sessions are in memory, for tests of adapters. */
export class MemoryGuard implements Guard {
  /** The calls of `check`, in order. */
  readonly checked: { readonly token: string; readonly client: RequestClient | undefined }[] = [];
  isReachable = true;
  /** Without a lease, streams are closed as soon as an application writes to one. */
  hasLease = true;
  isClosed = false;
  /** Whether checks need a promise, like those of a token that was not verified before. */
  isSlow = false;
  readonly #principals = new Map<string, Principal>();
  readonly #ended = new Map<string, StreamEnd>();
  readonly #streams = new Set<Stream>();
  readonly #listeners = new Set<(end: SessionEnd) => void>();
  #isReady: Promise<void> = Promise.resolve();

  /** Issues a token. */
  login(token: string, principal: Partial<Principal> = {}): string {
    this.#principals.set(token, {
      userId: 'user-1',
      sessionId: `session of ${token}`,
      deviceId: null,
      clientId: null,
      roles: [],
      authenticatedAt: Date.now(),
      amr: [],
      acr: null,
      expiresAt: Date.now() + 900_000,
      ...principal,
    });
    return token;
  }

  /** Ends the session of a token as a revoke does: its streams have closed when this returns. */
  end(token: string, reason = 'logout'): void {
    const { sessionId, userId } = this.#find(token);
    const end: StreamEnd = { code: 'session_revoked', reason };
    this.#ended.set(sessionId, end);
    this.#closeStreams((stream) => stream.principal.sessionId === sessionId, end);
    for (const listener of this.#listeners) listener({ sessionId, userId, reason });
  }

  expired(token: string): boolean {
    return this.#find(token).expiresAt <= Date.now();
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  readyWhen(ready: Promise<void>): this {
    this.#isReady = ready;
    return this;
  }

  ready(): Promise<void> {
    return this.#isReady;
  }

  check(token: string, client?: RequestClient): Principal | Promise<Principal> {
    this.checked.push({ token, client });
    return this.isSlow ? Promise.resolve().then(() => this.#check(token)) : this.#check(token);
  }

  openStream(principal: Principal, close: (end: StreamEnd) => void): OpenStream {
    this.#requireActive(principal);
    const stream = { principal, close };
    this.#streams.add(stream);
    return {
      mayDeliver: () => {
        if (!this.hasLease) this.#closeStreams(() => true, { code: 'unavailable' });
        return this.#streams.has(stream);
      },
      release: () => this.#streams.delete(stream),
    };
  }

  onSessionEnd(listener: (end: SessionEnd) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.#closeStreams(() => true, { code: 'closing' });
  }

  #check(token: string): Principal {
    if (!this.isReachable || this.isClosed) throw new GuardError('service_unavailable');
    const principal = this.#find(token);
    if (principal.expiresAt <= Date.now()) throw new GuardError('invalid_token');
    this.#requireActive(principal);
    return principal;
  }

  #find(token: string): Principal {
    const principal = this.#principals.get(token);
    if (!principal) throw new GuardError('invalid_token');
    return principal;
  }

  #requireActive({ sessionId }: Principal): void {
    const end = this.#ended.get(sessionId);
    if (end) throw new GuardError('session_revoked', { members: { reason: end.reason } });
  }

  #closeStreams(isMeant: (stream: Stream) => boolean, end: StreamEnd): void {
    for (const stream of [...this.#streams].filter(isMeant)) {
      this.#streams.delete(stream);
      stream.close(end);
    }
  }
}
