import type { Cores } from './servers/cores.js';
import type { Stores } from './servers/stores.js';

/** What every section gets. */
export interface Bench {
  /** A smoke run: fewer and shorter rounds, whose figures are not to be quoted. */
  readonly quick: boolean;
  /** Every contender is measured this often, in turn with the others. */
  readonly rounds: number;
  readonly roundSeconds: number;
  /** Sessions and tokens that requests rotate through. */
  readonly sessions: number;
  /** The Postgres and the Redis of this run: they share the load's core. */
  readonly stores: Stores;
  readonly cores: Cores | null;
  /** A directory that is removed when the run ends. */
  readonly directory: string;
  /** One line of progress on the terminal. */
  say(line: string): void;
}
