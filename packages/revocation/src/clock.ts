/** The source of time; tests pass their own. */
export interface Clock {
  /** Milliseconds that only move forward, for durations. */
  monotonic(): number;
  /** Milliseconds since the epoch. May jump. */
  wall(): number;
}

/** The same moment on both clocks. */
export interface Instant {
  readonly monotonic: number;
  readonly wall: number;
}

export function instantOf(clock: Clock): Instant {
  return { monotonic: clock.monotonic(), wall: clock.wall() };
}

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
};
