import type { History } from './history.js';

/** P3: a revoked session is refused within this of its commit by every instance that can reach Postgres. */
const BOUND_MS = 1_000;
/**
 * After Postgres can be reached again: a look at the ends that was under way fails only by its own timeout (3 s),
 * the next may wait for a new connection (2 s) and for its turn.
 */
const RECOVERY_MS = 7_000;
/** The answer to the last grant, and the next look's own way to Postgres and back, on a machine that is idle. */
const SLACK_MS = 500;
/** One look is a timer, a connection, a statement and its answer: each may meet the machine at its worst. */
const STALLS = 5;

/** Tells until when an instance may go on granting a session whose end is committed. */
export class EnforcementBound {
  private readonly checksOf = new Map<number, { startedAt: number; endedAt: number }[]>();

  constructor(private readonly history: History) {
    for (const operation of history.operations) {
      if (operation.kind !== 'check') continue;
      const checks = this.checksOf.get(operation.instance);
      if (checks) checks.push(operation);
      else this.checksOf.set(operation.instance, [operation]);
    }
  }

  /**
   * @param committedAt when the commit was known to a client
   * @param grant a later request that was granted
   */
  isKept(instance: number, committedAt: number, grant: { startedAt: number; endedAt: number }): boolean {
    const reachableFrom = this.history.faults
      .filter((fault) => fault.withoutPostgres.includes(instance) && fault.startedAt <= grant.endedAt)
      .reduce((latest, fault) => Math.max(latest, fault.endedAt + RECOVERY_MS), committedAt);
    if (grant.startedAt <= reachableFrom + BOUND_MS + SLACK_MS) return true;
    const stall = this.worstStall(instance, committedAt - BOUND_MS, grant.endedAt);
    return grant.startedAt <= reachableFrom + BOUND_MS + SLACK_MS + STALLS * stall;
  }

  /** How slow the machine was: late timers of the test, and how long this instance took for a check. */
  private worstStall(instance: number, from: number, to: number): number {
    const late = this.history.stalls.filter(({ at }) => at >= from && at <= to).map(({ ms }) => ms);
    const took = (this.checksOf.get(instance) ?? [])
      .filter(({ startedAt, endedAt }) => endedAt >= from && startedAt <= to)
      .map(({ startedAt, endedAt }) => endedAt - startedAt);
    return [...late, ...took].reduce((worst, ms) => Math.max(worst, ms), 0);
  }
}
