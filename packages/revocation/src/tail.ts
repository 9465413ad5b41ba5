import type { Clock } from './clock.js';
import type { RecentRevocations, SessionStore, TailPosition } from './session-store.js';
import type { StoreClock } from './store-clock.js';
import type { Trust } from './trust.js';

/** Often enough that a revocation is enforced within a second of its commit, whichever way it was made (P3). */
const INTERVAL_MS = 400;

/**
 * Follows the store's revocations: reads the whole window before caches may be trusted, then several times a second what
 * has been committed since. Reads page by page, so that neither time nor memory depends on how many there are. Every page
 * also sets the store clock.
 */
export class Tail {
  private timer: NodeJS.Timeout | undefined;
  private isReading = false;
  /** Everything before it has been taken. */
  private position: TailPosition | null = null;

  /**
   * @param windowMs how far back revocations still matter
   * @param take makes the instance refuse what was read. @returns `false` if it makes the instance refuse everything that
   *   was committed by now, so that the other pages need not be read
   */
  constructor(
    private readonly store: SessionStore,
    private readonly clock: Clock,
    private readonly storeClock: StoreClock,
    private readonly trust: Trust,
    private readonly windowMs: number,
    private readonly take: (page: RecentRevocations) => boolean,
  ) {}

  /** Reads the whole window. @throws when the store cannot be reached */
  async readAll(): Promise<void> {
    await this.read(null);
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
      await this.read(this.position);
    } catch {
      // The store cannot be reached. The last good read ages, and with it the trust in caches.
    } finally {
      this.isReading = false;
    }
  }

  /** Reads until everything fits in one page: reading many takes long, and more may have been committed since. */
  private async read(start: TailPosition | null): Promise<void> {
    for (let from = start; ; ) {
      const sentAt = this.clock.monotonic();
      const first = await this.readPage(from);
      if (first.next) this.trust.tailIsBehind(sentAt);
      // Before the trust is renewed: an instance that trusts its caches refuses everything that was read.
      const isTaken = this.take(first);
      from = first.next && isTaken ? await this.takeOtherPages(first.next) : first.end;
      this.position = from;
      if (first.next) continue;
      this.trust.tailRead(sentAt);
      return;
    }
  }

  /** @returns where the next read starts */
  private async takeOtherPages(second: TailPosition): Promise<TailPosition> {
    for (let from = second; ; ) {
      const page = await this.readPage(from);
      if (!this.take(page) || !page.next) return page.end;
      from = page.next;
    }
  }

  private async readPage(from: TailPosition | null): Promise<RecentRevocations> {
    const sentAt = this.clock.monotonic();
    const page = await this.store.recentRevocations(this.windowMs, from);
    this.storeClock.set(page.now, sentAt);
    return page;
  }
}
