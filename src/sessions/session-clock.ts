/**
 * The database's clock, extrapolated with this process's monotonic clock. Whatever outlives a request is dated and
 * judged by it, so that an instance whose own clock is wrong, or is set while it runs, decides like the others.
 */
export abstract class SessionClock {
  /** Epoch milliseconds. */
  abstract now(): number;
}
