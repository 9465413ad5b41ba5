import type { Clock, Instant } from './clock.js';

/** A larger shift between the wall clock and the monotonic clock means that the machine was paused. */
const CLOCK_JUMP_MS = 500;

/**
 * The right to trust caches, until an instant on this process's monotonic clock. A lease is counted from when a
 * heartbeat was *sent*, and only a heartbeat that was *heard back* extends it: an instance that has heard a heartbeat
 * sent after a push has also heard the push.
 */
export class Lease {
  private endsAt = Number.NEGATIVE_INFINITY;
  private wallOffset = 0;

  /**
   * @param lengthMs how long one heartbeat is good for
   * @param marginMs taken off the end, for monotonic clocks that run at different rates
   */
  constructor(
    private readonly clock: Clock,
    readonly lengthMs: number,
    private readonly marginMs: number,
  ) {}

  /**
   * @param sentAt when the heartbeat was sent, on both clocks: a pause of the machine since then must show
   * @param forMs how long this heartbeat is good for
   */
  extend(sentAt: Instant, forMs = this.lengthMs): void {
    const endsAt = sentAt.monotonic + forMs - this.marginMs;
    if (endsAt < this.endsAt) return;
    this.endsAt = endsAt;
    this.wallOffset = sentAt.wall - sentAt.monotonic;
  }

  end(): void {
    this.endsAt = Number.NEGATIVE_INFINITY;
  }

  /** 0 unless it is live. */
  get remainingMs(): number {
    return this.isLive() ? this.endsAt - this.clock.monotonic() : 0;
  }

  isLive(): boolean {
    const now = this.clock.monotonic();
    if (now >= this.endsAt) return false;
    // The monotonic clock of a paused virtual machine stands still; the wall clock is set afterwards.
    return Math.abs(this.clock.wall() - now - this.wallOffset) < CLOCK_JUMP_MS;
  }
}
