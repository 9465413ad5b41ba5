/**
 * Milliseconds of the monotonic clock that all processes of a machine share, so that their instants can be compared: Node
 * reads CLOCK_MONOTONIC on Linux and the clock since the start of the machine elsewhere. `performance.now()` is the same
 * clock, counted from the start of the process.
 */
export function systemNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
