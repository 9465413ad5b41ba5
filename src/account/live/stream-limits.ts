import { AppError } from '../../errors/app-error.js';
import type { Principal } from '../../http/routes/principal.js';

interface Limits {
  readonly perSession: number;
  readonly perUser: number;
  readonly perNetwork: number;
  readonly total: number;
}

/** Who opens a stream. */
export interface Viewer extends Pick<Principal, 'sessionId' | 'userId'> {
  /** From `networkOf`. */
  readonly network: string;
}

/**
 * Per instance. A browser opens one stream for all tabs with the account page, or, if it has no `BroadcastChannel`, one for
 * each. A network may be that of a large office, but one alone cannot take all streams.
 */
const LIMITS: Limits = { perSession: 10, perUser: 50, perNetwork: 2_500, total: 10_000 };
/** By then another page may have closed. */
const RETRY_AFTER_SECONDS = 30;

/** Limits the open streams per session, per user, per network and in total. */
export class StreamLimits {
  private readonly taken = new Map<string, number>();
  private total = 0;

  constructor(private readonly limits: Limits = LIMITS) {}

  /**
   * @returns a function that releases the stream; call it once
   * @throws {AppError} too_many_requests, or overloaded when the instance has reached its total
   */
  take({ sessionId, userId, network }: Viewer): () => void {
    const retry = { retryAfterSeconds: RETRY_AFTER_SECONDS };
    if (this.total >= this.limits.total) throw new AppError('overloaded', retry);
    const { perSession, perUser, perNetwork } = this.limits;
    const isFull =
      this.of(sessionId) >= perSession || this.of(userId) >= perUser || this.of(network) >= perNetwork;
    if (isFull) {
      throw new AppError('too_many_requests', { detail: 'Too many streams are open.', ...retry });
    }
    this.add(1, sessionId, userId, network);
    return () => this.add(-1, sessionId, userId, network);
  }

  private of(id: string): number {
    return this.taken.get(id) ?? 0;
  }

  private add(change: number, ...ids: string[]): void {
    this.total += change;
    for (const id of ids) {
      const count = this.of(id) + change;
      if (count === 0) this.taken.delete(id);
      else this.taken.set(id, count);
    }
  }
}
