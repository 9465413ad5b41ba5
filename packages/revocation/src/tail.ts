import type { Clock } from './clock.js';
import type { Ends, Truth } from './session-store.js';

/** Often enough that an end is enforced within a second of its commit, whoever made it (P3). */
const INTERVAL_MS = 400;
/** Longer than any transaction of the service lasts: an end is stamped before it is committed. */
const OVERLAP_MS = 10_000;

/**
 * Follows the ends in the truth into the ended set: a full window before caches may be trusted,
 * then the recent ones again and again. It also keeps the truth's clock.
 */
export class Tail {
  /** Monotonic instant at which the last good look was sent. */
  lastGoodAt = Number.NEGATIVE_INFINITY;
  private truthOffset = 0;
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;

  /**
   * @param learn puts ends into the ended set
   * @param windowMs how far back ends still matter: an access-token lifetime and some
   * @param onOverdue takes ends that nobody has confirmed
   * @param onServer is told which server was read, after what it knows has been learnt
   */
  constructor(
    private readonly truth: Truth,
    private readonly learn: (ends: Ends) => void,
    private readonly clock: Clock,
    private readonly windowMs: number,
    private readonly onOverdue: (ends: Ends) => void,
    private readonly onServer: (server: string) => void,
  ) {}

  /** Looks at the whole window. @throws when the truth cannot be reached */
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

  /** The truth's clock, epoch milliseconds, carried on by the monotonic one: a step of the wall clock moves nothing. */
  truthNow(): number {
    return this.clock.monotonic() + this.truthOffset;
  }

  private async tick(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      const sinceLast = this.clock.monotonic() - this.lastGoodAt;
      await this.look(Math.min(sinceLast + OVERLAP_MS, this.windowMs));
    } catch {
      // The truth cannot be reached: `lastGoodAt` stays, and with it the bound on trusting caches runs.
    } finally {
      this.isLooking = false;
    }
  }

  private async look(windowMs: number): Promise<void> {
    const sentAt = this.clock.monotonic();
    const ends = await this.truth.recentEnds(windowMs);
    this.learn(ends);
    this.truthOffset = ends.now - sentAt;
    this.lastGoodAt = Math.max(this.lastGoodAt, sentAt);
    this.onServer(ends.server);
    if (ends.overdue.sessions.length + ends.overdue.cutOffs.length > 0) this.onOverdue(ends.overdue);
  }
}
