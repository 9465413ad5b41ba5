import { SessionEnded, Unreachable } from '../errors.js';
import type { Leadership } from './leadership.js';
import type { TabBus, TabMessage } from './tab-bus.js';

/** @throws {SessionEnded | Unreachable | Problem} */
export type RefreshNow = () => Promise<void>;

interface Waiting {
  readonly since: number;
  resolve(): void;
  reject(error: Error): void;
}

/** Lets the leader refresh for all tabs. Callers wait for an answer of the leader, never for a lock. */
export class SharedRefresh {
  /** When the newest tokens were received, by the monotonic clock. */
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | null = null;
  #waiting: Waiting[] = [];
  #unwatch: (() => void) | null = null;
  #isStopped = false;

  constructor(
    private readonly bus: TabBus,
    private readonly leadership: Leadership,
    private readonly refreshNow: RefreshNow,
  ) {}

  /** `-Infinity` if this tab knows of none. */
  get lastRefreshAt(): number {
    return this.#refreshedAt;
  }

  /**
   * Resolves when the tokens are newer than `since`, by the monotonic clock.
   *
   * @throws {SessionEnded | Unreachable | Problem}
   */
  async refresh(since: number): Promise<void> {
    if (this.#isStopped) throw new Unreachable();
    await this.leadership.settled();
    if (this.#refreshedAt > since) return;
    if (this.leadership.isLeader) return this.#refreshHere();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ since, resolve, reject });
      this.#unwatch ??= this.leadership.watch();
      this.#ask();
    });
  }

  noteRefreshed(): void {
    this.#refreshedAt = performance.now();
  }

  receive(message: TabMessage): void {
    if (message.type === 'refresh' && this.leadership.isLeader) void this.#serve(message.ageMs);
    if (message.type === 'refreshed' || message.type === 'signed_in') {
      this.noteRefreshed();
      this.#settle(({ resolve }) => resolve());
    }
    if (message.type === 'refresh_failed') {
      this.#settle(({ reject }) => reject(new Unreachable(message.retryAfterSeconds)));
    }
    if (message.type === 'ended') {
      this.#settle(({ reject }) => reject(new SessionEnded(message.code, message.reason)));
    }
  }

  /** Another tab leads, or this one: a request to the last leader goes to the new one. */
  handleLeader(): void {
    if (this.#waiting.length === 0) return;
    if (!this.leadership.isLeader) this.#ask();
    else
      void this.#refreshHere().then(
        () => this.#settle(({ resolve }) => resolve()),
        (error) => this.#settle(({ reject }) => reject(error)),
      );
  }

  stop(): void {
    this.#isStopped = true;
    this.#settle(({ reject }) => reject(new Unreachable()));
  }

  async #serve(ageMs: number): Promise<void> {
    this.bus.post({ type: 'refreshing' });
    if (this.#refreshedAt > performance.now() - ageMs) return this.bus.post({ type: 'refreshed' });
    // The followers hear of every outcome, and the client itself reports the end of the session.
    await this.#refreshHere().catch(() => {});
  }

  #refreshHere(): Promise<void> {
    this.#running ??= this.#refreshAndReport().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #refreshAndReport(): Promise<void> {
    try {
      await this.refreshNow();
      this.noteRefreshed();
      this.bus.post({ type: 'refreshed' });
    } catch (error) {
      const retryAfterSeconds = error instanceof Unreachable ? error.retryAfterSeconds : null;
      if (!(error instanceof SessionEnded)) this.bus.post({ type: 'refresh_failed', retryAfterSeconds });
      throw error;
    }
  }

  #ask(): void {
    const since = Math.min(...this.#waiting.map((waiting) => waiting.since));
    this.bus.post({ type: 'refresh', ageMs: performance.now() - since });
  }

  #settle(how: (waiting: Waiting) => void): void {
    this.#unwatch?.();
    this.#unwatch = null;
    for (const waiting of this.#waiting.splice(0)) how(waiting);
  }
}
