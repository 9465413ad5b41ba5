import { AppError } from '../../errors/app-error.js';
import type { Principal } from '../../http/routes/principal.js';

interface Limits {
  readonly perSession: number;
  readonly perUser: number;
  readonly total: number;
}

/** Per instance. A browser opens one stream for each tab that shows the account page. */
const LIMITS: Limits = { perSession: 10, perUser: 50, total: 10_000 };
/** By then another page may have closed. */
const RETRY_AFTER_SECONDS = 30;

/** Limits the open streams per session, per user and in total. */
export class StreamLimits {
  private readonly taken = new Map<string, number>();
  private total = 0;

  constructor(private readonly limits: Limits = LIMITS) {}

  /**
   * @returns a function that releases the stream; call it once
   * @throws {AppError} too_many_requests, or overloaded when the instance has reached its total
   */
  take({ sessionId, userId }: Pick<Principal, 'sessionId' | 'userId'>): () => void {
    const retry = { retryAfterSeconds: RETRY_AFTER_SECONDS };
    if (this.total >= this.limits.total) throw new AppError('overloaded', retry);
    if (this.of(sessionId) >= this.limits.perSession || this.of(userId) >= this.limits.perUser) {
      throw new AppError('too_many_requests', { detail: 'Too many streams are open.', ...retry });
    }
    this.add(1, sessionId, userId);
    return () => this.add(-1, sessionId, userId);
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
