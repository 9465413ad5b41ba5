/** Where time comes from; tests pass their own. */
export interface Clock {
  /** Milliseconds that only move forward: for durations. */
  monotonic(): number;
  /** Milliseconds since the epoch, which may jump. */
  wall(): number;
}

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
};
