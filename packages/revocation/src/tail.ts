import type { Clock } from './clock.js';
import type { RecentRevocations, SessionStore } from './session-store.js';
import type { StoreClock } from './store-clock.js';
import type { Trust } from './trust.js';

/** Often enough that a revocation is enforced within a second of its commit, whichever way it was made (P3). */
const INTERVAL_MS = 400;
/** Longer than any transaction of the service lasts: a session gets its end time before the transaction commits. */
const OVERLAP_MS = 10_000;

/**
 * Follows the store's revocations: reads the whole window before caches may be trusted, then the recent part several
 * times a second. Every read also sets the store clock.
 */
export class Tail {
  private timer: NodeJS.Timeout | undefined;
  private isReading = false;

  /**
   * @param windowMs how far back revocations still matter
   * @param take adds what was read to the ended set
   */
  constructor(
    private readonly store: SessionStore,
    private readonly clock: Clock,
    private readonly storeClock: StoreClock,
    private readonly trust: Trust,
    private readonly windowMs: number,
    private readonly take: (recent: RecentRevocations) => void,
  ) {}

  /** Reads the whole window. @throws when the store cannot be reached */
  async readAll(): Promise<void> {
    await this.read(this.windowMs);
  }

  follow(): void {
    this.timer = setInterval(() => void this.readRecent(), INTERVAL_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async readRecent(): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    try {
      const sinceLast = this.trust.tailAgeMs;
      await this.read(Math.min(sinceLast + OVERLAP_MS, this.windowMs));
    } catch {
      // The store cannot be reached. The last good read ages, and with it the trust in caches.
    } finally {
      this.isReading = false;
    }
  }

  private async read(windowMs: number): Promise<void> {
    const sentAt = this.clock.monotonic();
    const recent = await this.store.recentRevocations(windowMs);
    this.storeClock.set(recent.now, sentAt);
    // Before the trust is renewed: an instance that trusts its caches has every revocation in its ended set.
    this.take(recent);
    this.trust.tailRead(sentAt);
  }
}
