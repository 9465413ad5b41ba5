import type { SectionResult } from '../section.js';

/** What one statement that ended many sessions did to an instance. */
export interface MassEndRound {
  readonly ends: number;
  /** How long the transaction stayed open after the statement. */
  readonly holdMs: number;
  /** When each session that was probed was refused, after the commit. */
  readonly refusedMs: readonly number[];
  /** Checks of other sessions, from before the statement until after the last refusal. */
  readonly checks: number;
  readonly notGranted: number;
  readonly p99Ms: number;
  /** Resident memory of the instance before the statement. */
  readonly beforeMiB: number;
  readonly peakMiB: number;
}

/** Ends by hand are enforced within this time (P3). */
const TARGET_MS = 10_000;

export function reportMassEnd(rounds: readonly MassEndRound[]): SectionResult {
  const [{ ends, refusedMs } = { ends: 0, refusedMs: [] }] = rounds;
  const count = ends.toLocaleString('en');
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  return {
    title: 'Many ends at once',
    notes: [
      `One statement in SQL, past the service, ends ${count} sessions on one instance with Redis. ${refusedMs.length} of them are asked for again and again until they are refused; meanwhile, sessions that stay active are checked. The transaction is committed at once, and in a second run after it was left open for longer than an instance looks back by time.`,
    ],
    tables: [
      {
        columns: [
          'committed after',
          'first refusal',
          'last refusal',
          'other checks',
          'not granted',
          'p99 ms',
          'memory before',
          'at most',
        ],
        rows: rounds.map((round) => [
          seconds(round.holdMs),
          seconds(Math.min(...round.refusedMs)),
          seconds(Math.max(...round.refusedMs)),
          round.checks.toLocaleString('en'),
          String(round.notGranted),
          round.p99Ms.toFixed(1),
          `${round.beforeMiB.toFixed(0)} MiB`,
          `${round.peakMiB.toFixed(0)} MiB`,
        ]),
      },
    ],
    targets: [
      {
        claim: `last refusal after ${count} ends in one statement, at worst`,
        measured: Math.max(...rounds.flatMap((round) => round.refusedMs)) / 1_000,
        bound: 'at most',
        target: TARGET_MS / 1_000,
        unit: 's',
      },
      {
        claim: `checks of other sessions that are not granted during ${count} ends`,
        measured: Math.max(...rounds.map((round) => round.notGranted)),
        bound: 'at most',
        target: 0,
      },
    ],
  };
}
