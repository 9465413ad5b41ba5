import type { Clock, Instant } from './clock.js';

/** How far the wall clock may drift from the monotonic one before the machine must have been paused. */
const CLOCK_JUMP_MS = 500;

/**
 * The right to trust caches, until an instant on this instance's own monotonic clock.
 * It is counted from when the heartbeat was *sent*, and only a heartbeat that was *heard back* extends it:
 * who heard a heartbeat sent after a push has heard the push.
 */
export class Lease {
  private endsAt = Number.NEGATIVE_INFINITY;
  private wallOffset = 0;

  /**
   * @param lengthMs the lease
   * @param marginMs taken off its end, for clocks of different rates
   */
  constructor(
    private readonly clock: Clock,
    readonly lengthMs: number,
    private readonly marginMs: number,
  ) {}

  /** @param sentAt when the heartbeat now heard was sent: a pause since then must show, so both clocks count from there */
  extend(sentAt: Instant): void {
    const endsAt = sentAt.monotonic + this.lengthMs - this.marginMs;
    if (endsAt < this.endsAt) return;
    this.endsAt = endsAt;
    this.wallOffset = sentAt.wall - sentAt.monotonic;
  }

  end(): void {
    this.endsAt = Number.NEGATIVE_INFINITY;
  }

  isLive(): boolean {
    const now = this.clock.monotonic();
    if (now >= this.endsAt) return false;
    // A paused virtual machine stops its monotonic clock, not the world's.
    return Math.abs(this.clock.wall() - now - this.wallOffset) < CLOCK_JUMP_MS;
  }
}
