import type { Cores } from './servers/cores.js';
import type { Stores } from './servers/stores.js';

/** Passed to every section. */
export interface Bench {
  /** Checks that the bench works: fewer and shorter rounds, with figures too rough to report. */
  readonly quick: boolean;
  /** Number of measurements of each contender. */
  readonly rounds: number;
  readonly roundSeconds: number;
  /** Number of sessions that the requests rotate through. */
  readonly sessions: number;
  /** They run on the core of the load generator. */
  readonly stores: Stores;
  /** `null` if no process is pinned to a core. */
  readonly cores: Cores | null;
  /** A temporary directory, removed when the run ends. */
  readonly directory: string;
  /** Prints a line of progress. */
  say(line: string): void;
}
