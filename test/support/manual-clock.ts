import type { Clock } from '@latchkey/revocation/clock';

/** A clock that only advances when the test moves it. */
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

  /** Moves only the wall clock, as when it is set or the machine was suspended. */
  jump(ms: number): void {
    this.wallAhead += ms;
  }
}
