import type { Clock } from './clock.js';
import type { Revocations, SessionStore } from './session-store.js';

/** Often enough that an end is enforced within a second of its commit, whoever made it (P3). */
const INTERVAL_MS = 400;
/** Longer than any transaction of the service lasts: an end is stamped before it is committed. */
const OVERLAP_MS = 10_000;

/**
 * Follows the ends in the store into the ended set: a full window before caches may be trusted,
 * then the recent ones again and again. It also keeps the store's clock.
 */
export class Tail {
  /** Monotonic instant at which the last good look was sent. */
  lastGoodAt = Number.NEGATIVE_INFINITY;
  private storeOffset = 0;
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;

  /**
   * @param learn puts ends into the ended set
   * @param windowMs how far back ends still matter: an access-token lifetime and some
   * @param onOverdue takes ends that nobody has confirmed
   * @param onServer is told which server was read, after what it knows has been learnt
   */
  constructor(
    private readonly store: SessionStore,
    private readonly learn: (ends: Revocations) => void,
    private readonly clock: Clock,
    private readonly windowMs: number,
    private readonly onOverdue: (ends: Revocations) => void,
    private readonly onServer: (server: string) => void,
  ) {}

  /** Looks at the whole window. @throws when the store cannot be reached */
  async readAll(): Promise<void> {
    await this.look(this.windowMs);
  }

  follow(): void {
    this.timer = setInterval(() => void this.tick(), INTERVAL_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The store's clock, epoch milliseconds, carried on by the monotonic one: a step of the wall clock moves nothing. */
  storeNow(): number {
    return this.clock.monotonic() + this.storeOffset;
  }

  private async tick(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      const sinceLast = this.clock.monotonic() - this.lastGoodAt;
      await this.look(Math.min(sinceLast + OVERLAP_MS, this.windowMs));
    } catch {
      // The store cannot be reached: `lastGoodAt` stays, and with it the bound on trusting caches runs.
    } finally {
      this.isLooking = false;
    }
  }

  private async look(windowMs: number): Promise<void> {
    const sentAt = this.clock.monotonic();
    const ends = await this.store.recentRevocations(windowMs);
    this.learn(ends);
    this.storeOffset = ends.now - sentAt;
    this.lastGoodAt = Math.max(this.lastGoodAt, sentAt);
    this.onServer(ends.server);
    if (ends.overdue.sessions.length + ends.overdue.cutOffs.length > 0) this.onOverdue(ends.overdue);
  }
}
