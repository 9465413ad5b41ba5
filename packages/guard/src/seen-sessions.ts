import type { TokenSubject } from '@latchkey/access-token/claims';
import { LRUCache } from 'lru-cache';
import type { SessionEnd } from './guard.js';

/** The sessions whose tokens this guard has verified, and who wants to know when one of them ends. */
export class SeenSessions {
  readonly #users: LRUCache<string, string>;
  readonly #listeners = new Set<(end: SessionEnd) => void>();

  /**
   * @param maxSessions the sessions seen least recently beyond this number are forgotten
   * @param onError called when a listener throws
   */
  constructor(
    maxSessions: number,
    private readonly onError: (error: unknown) => void,
  ) {
    this.#users = new LRUCache({ max: maxSessions });
  }

  see({ sessionId, userId }: TokenSubject): void {
    this.#users.set(sessionId, userId);
  }

  onEnd(listener: (end: SessionEnd) => void): () => void {
    // Wrapped, so that a function that is added twice is called twice.
    const own = (end: SessionEnd) => listener(end);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Calls the listeners in the same tick; once for each session. */
  ended(sessionId: string, reason = 'unspecified'): void {
    const userId = this.#users.get(sessionId);
    if (userId === undefined) return;
    this.#users.delete(sessionId);
    for (const listener of [...this.#listeners]) {
      try {
        listener({ sessionId, userId, reason });
      } catch (error) {
        // The end still has to be acknowledged, and the other listeners called.
        this.onError(error);
      }
    }
  }
}
