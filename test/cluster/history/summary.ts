import { faultFreePeriods } from './fault-free-periods.js';
import { type Fault, type History, isGrant, isRefusedAsEnded, MANUAL, type Operation } from './history.js';
import type { Violation } from './violation.js';

/** One line of progress for the terminal. */
export function progressLine(
  { operations }: { operations: readonly Operation[] },
  { faults }: { faults: readonly Fault[] },
): string {
  const present = faults.filter(({ endedAt }) => endedAt === Number.POSITIVE_INFINITY);
  const revokes = operations.filter(({ kind, answer }) => kind === 'revoke' && answer?.status === 204).length;
  const names = present.map(({ name }) => name).join(' + ') || 'none';
  return `${operations.length} requests, ${revokes} revokes confirmed, ${faults.length} faults; active: ${names}`;
}

/** The results of the run, line by line. */
export function summary(history: History, violations: readonly Violation[]): string[] {
  const { operations, streams, faults, rows } = history;
  const isFaultFree = faultFreePeriods(faults);
  const revokes = operations.filter(({ kind, instance }) => kind === 'revoke' && instance !== MANUAL);
  const faultFreeRevokes = revokes.filter((it) => it.answer?.status === 204 && isFaultFree(it));
  const faultFreeRevoked = new Set(
    faultFreeRevokes.map(({ scope }) => scope?.session).filter((id) => id !== undefined),
  );
  const confirmed = [...(rows ?? [])].flatMap(([session, { confirmedAfterMs }]) =>
    faultFreeRevoked.has(session) && confirmedAfterMs !== null ? [confirmedAfterMs] : [],
  );
  const checks = operations.filter(
    ({ kind, answer, isFinalCheck }) => kind === 'check' && answer && !isFinalCheck,
  );
  const isGuarded = ({ guarded }: Operation) => guarded !== undefined;
  const guardedChecks = checks.filter(isGuarded);
  const hangs = faults.filter(({ name }) => /^Redis (hangs for all|paused)/.test(name));
  const isHung = ({ startedAt }: Operation) =>
    hangs.some((fault) => startedAt >= fault.startedAt && startedAt <= fault.endedAt);
  const isOnlyRedisHung = ({ startedAt }: Operation) =>
    !faults.some((it) => !hangs.includes(it) && startedAt >= it.startedAt && startedAt <= it.endedAt);
  return [
    `requests: ${operations.length} (${counted(operations, ({ kind }) => kind)})`,
    `outcomes: ${counted(operations, outcome)}`,
    `revokes: ${revokes.length} (${counted(revokes, outcome)})`,
    `revoked directly in Postgres: ${operations.filter(({ instance }) => instance === MANUAL).length}`,
    `sessions opened: ${operations.filter(({ kind, session }) => kind === 'login' && session).length}`,
    ...countsOf(operations.filter(isGuarded), ({ guarded = '' }) => guarded).map(
      ([name, count]) =>
        `requests at ${name}: ${count} (${counted(
          operations.filter(({ guarded }) => guarded === name),
          outcome,
        )})`,
    ),
    `streams: ${streams.length} (${counted(streams, ({ end }) => end ?? 'closed by the client, or broken')})`,
    `faults: ${faults.length}`,
    ...countsOf(faults, ({ name }) => name).map(([name, count]) => `  ${count} x ${name}`),
    `revoke to 204 as seen by clients, without faults: ${spread(faultFreeRevokes.map(duration))}`,
    `commit to confirmation by Postgres's clock, without faults: ${spread(confirmed)}`,
    `checks, without faults: ${spread(checks.filter((it) => !isGuarded(it) && isFaultFree(it)).map(duration))}`,
    `checks at guarded servers, without faults: ${spread(guardedChecks.filter(isFaultFree).map(duration))}`,
    `checks while Redis hangs: ${spread(checks.filter((it) => !isGuarded(it) && isHung(it) && isOnlyRedisHung(it)).map(duration))}`,
    `worst stall of the test process: ${Math.round(Math.max(0, ...history.stalls.map(({ ms }) => ms)))} ms`,
    `violations: ${violations.length}`,
  ];
}

function outcome(operation: Operation): string {
  const { answer } = operation;
  if (answer === null) return 'no answer';
  if (isRefusedAsEnded(operation)) return '401 ended';
  return isGrant(operation) || answer.code === undefined
    ? String(answer.status)
    : `${answer.status} ${answer.code}`;
}

function duration({ startedAt, endedAt }: Operation): number {
  return endedAt - startedAt;
}

function countsOf<T>(items: readonly T[], by: (item: T) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(by(item), (counts.get(by(item)) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

function counted<T>(items: readonly T[], by: (item: T) => string): string {
  return countsOf(items, by)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ');
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms (${sorted.length})`;
}
