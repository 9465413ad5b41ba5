import type { Clock } from '../src/clock.js';

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  private now = 1_000_000;
  private wallAhead = 1_700_000_000_000;

  monotonic(): number {
    return this.now;
  }

  wall(): number {
    return this.now + this.wallAhead;
  }

  pass(ms: number): void {
    this.now += ms;
  }

  /** The wall clock is set, or the machine was paused. */
  jump(ms: number): void {
    this.wallAhead += ms;
  }
}
