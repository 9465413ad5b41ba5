import type { SessionEnded } from './errors.js';

/**
 * `live`: account events arrive. `paused`: an unattended page has let its token expire. `offline`: no network. `closed`: the
 * page is hidden, or nobody is signed in.
 */
export type LiveState = 'connecting' | 'live' | 'paused' | 'offline' | 'closed';

/** `unknown` in cookie mode, until the service has answered a request. */
export type SignInState = 'unknown' | 'signed_in' | 'signed_out';

export interface ClientEvents {
  /** The session has ended, with the reason of the service. Sent once for each session, in every tab. */
  session_ended: SessionEnded;
  /** Something about the account may have changed: read what you show again. */
  account: undefined;
  /** The stream works. Sent every ten seconds. */
  heartbeat: undefined;
  /** The user has logged in, in this tab or another, or turned out to be signed in. */
  signed_in: undefined;
  /** Sent with each change of `client.state`. */
  state: SignInState;
  live: LiveState;
  /** The tokens could not be read or saved. */
  storage_error: unknown;
}

export type Listener<T> = (value: T) => void;

export class Emitter {
  readonly #listeners = new Map<string, Set<Listener<never>>>();

  /** @returns a function that removes the listener */
  on<K extends keyof ClientEvents>(event: K, listener: Listener<ClientEvents[K]>): () => void {
    const registered = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, registered);
    // Its own object, so that a listener that is added twice is also removed twice.
    const own: Listener<ClientEvents[K]> = (value) => listener(value);
    registered.add(own);
    return () => void registered.delete(own);
  }

  emit<K extends keyof ClientEvents>(event: K, value: ClientEvents[K]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        (listener as Listener<ClientEvents[K]>)(value);
      } catch (error) {
        // As `EventTarget` does: it is reported, and the other listeners are called.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  has(event: keyof ClientEvents): boolean {
    return (this.#listeners.get(event)?.size ?? 0) > 0;
  }
}
