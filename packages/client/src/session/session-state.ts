import type { SessionEnded } from '../errors.js';
import type { Emitter, SignInState } from '../events.js';
import type { TabBus } from '../tabs/tab-bus.js';
import type { SessionTokens } from './session-tokens.js';

/** Whether this client has a session, and how the last one ended. The same in all tabs. */
export class SessionState {
  signIn: SignInState = 'unknown';
  lastEnd: SessionEnded | null = null;
  sessionId: string | null = null;
  #waiting: (() => void)[] = [];

  constructor(
    private readonly store: SessionTokens,
    private readonly bus: TabBus,
    private readonly events: Emitter,
    private readonly onChange: () => void,
  ) {}

  /** @param sessionId `null` if another tab only says that there is a session */
  begin(sessionId: string | null): void {
    const isNew = this.signIn !== 'signed_in' || (sessionId !== null && sessionId !== this.sessionId);
    this.sessionId = sessionId ?? this.sessionId;
    this.lastEnd = null;
    this.#set('signed_in');
    if (isNew) this.events.emit('signed_in', undefined);
  }

  /** There is no session, as far as the storage shows. */
  beginSignedOut(): void {
    if (this.signIn === 'unknown') this.#set('signed_out');
  }

  /** In all tabs. Only for an answer that says that the session is over. */
  async end(end: SessionEnded): Promise<void> {
    const { sessionId } = this;
    const { tokens } = await this.store.read();
    // Another tab has just logged in again, and saved the tokens of the new session.
    if (tokens?.refresh_token && sessionId !== null && tokens.session_id !== sessionId)
      return this.begin(tokens.session_id);
    this.#handleEnd(end);
    this.bus.post({ type: 'ended', sessionId, code: end.code, reason: end.reason });
    await this.store.forget();
  }

  /** Another tab has learned that its session is over. */
  receiveEnd(end: SessionEnded, sessionId: string | null): void {
    if (sessionId !== null && this.sessionId !== null && sessionId !== this.sessionId) return;
    this.#handleEnd(end);
  }

  /** Resolves when the session has ended, at the latest after this time. */
  ended(maxMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      setTimeout(resolve, maxMs);
    });
  }

  #handleEnd(end: SessionEnded): void {
    if (this.signIn === 'signed_out') return;
    // A visitor who was never signed in has lost no session.
    const wasSession = this.signIn === 'signed_in' || end.reason !== null;
    this.sessionId = null;
    this.lastEnd = end;
    this.#set('signed_out');
    if (wasSession) this.events.emit('session_ended', end);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #set(signIn: SignInState): void {
    const isChanged = signIn !== this.signIn;
    this.signIn = signIn;
    this.onChange();
    if (isChanged) this.events.emit('state', signIn);
  }
}
