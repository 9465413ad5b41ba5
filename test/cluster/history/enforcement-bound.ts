import type { Fault, History, Operation } from './history.js';

/** P3: every instance that can reach Postgres refuses a revoked session within this time of the commit. */
const BOUND_MS = 1_000;
/**
 * Time an instance may need once Postgres is reachable again: a tail read already in flight fails only by its own
 * timeout (3 s), and the next one may wait for a new connection (2 s) and for its turn.
 */
const RECOVERY_MS = 7_000;
/** How long a guard grants what it knew when it was last heard by its parent. */
const LEASE_MS = 3_000;
/** On an idle machine: the response to the last grant, and the round trip of the next tail read. */
const SLACK_MS = 500;
/** A tail read is a timer, a connection, a statement and its result; the worst stall may hit each of them. */
const STALLS = 5;

/** A granted request, or a text that arrived on a stream. */
export type Grant = Pick<Operation, 'instance' | 'guarded' | 'startedAt' | 'endedAt'>;

/** Decides how long an instance or a guarded server may keep granting a session after its revocation was committed. */
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
   * @param committedAt when a client first knew of the commit
   * @param grant a later request that was granted
   */
  isKept(committedAt: number, grant: Grant): boolean {
    const reachableFrom = this.history.faults
      .filter((fault) => isWithoutPostgres(fault, grant) && fault.startedAt <= grant.endedAt)
      .reduce((latest, fault) => Math.max(latest, fault.endedAt + RECOVERY_MS), committedAt);
    const until = reachableFrom + BOUND_MS + SLACK_MS + this.leaseFrom(committedAt, grant);
    if (grant.startedAt <= until) return true;
    const stall = this.worstStall(grant.instance, committedAt - BOUND_MS, grant.endedAt);
    return grant.startedAt <= until + STALLS * stall;
  }

  /** A guard whose connection is lost grants until its lease has run out. */
  private leaseFrom(committedAt: number, grant: Grant): number {
    if (grant.guarded === undefined) return 0;
    const mayBeLost = this.history.faults.some(
      (fault) =>
        (fault.guarded?.includes(grant.instance) || fault.withoutPostgres.length > 0) &&
        fault.startedAt <= grant.endedAt &&
        fault.endedAt >= committedAt - LEASE_MS,
    );
    return mayBeLost ? LEASE_MS : 0;
  }

  /** How slow the machine was: the latest timer of the test process and the slowest check of this instance. */
  private worstStall(instance: number, from: number, to: number): number {
    const late = this.history.stalls.filter(({ at }) => at >= from && at <= to).map(({ ms }) => ms);
    const took = (this.checksOf.get(instance) ?? [])
      .filter(({ startedAt, endedAt }) => endedAt >= from && startedAt <= to)
      .map(({ startedAt, endedAt }) => endedAt - startedAt);
    return [...late, ...took].reduce((worst, ms) => Math.max(worst, ms), 0);
  }
}

/** The bound of a guard is that of its parent, and clients do not know which instance that is. */
function isWithoutPostgres({ withoutPostgres }: Fault, { instance, guarded }: Grant): boolean {
  return guarded === undefined ? withoutPostgres.includes(instance) : withoutPostgres.length > 0;
}
