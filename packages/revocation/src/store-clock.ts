import type { Clock } from './clock.js';

/**
 * The store's clock, extrapolated with this process's monotonic clock. Every instance judges by it, so an instance
 * whose wall clock is wrong, or is set while it runs, decides like the others.
 */
export class StoreClock {
  private offset = 0;

  constructor(private readonly clock: Clock) {}

  /** Epoch milliseconds. */
  now(): number {
    return this.clock.monotonic() + this.offset;
  }

  /**
   * @param storeNow what the store's clock said
   * @param askedAt monotonic instant at which the store was asked
   */
  set(storeNow: number, askedAt: number): void {
    this.offset = storeNow - askedAt;
  }
}
