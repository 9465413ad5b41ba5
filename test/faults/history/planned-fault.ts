import type { Cluster } from './cluster.js';
import type { Random } from './random.js';
import type { ClientSession } from './recorder.js';

/** What a fault may touch. */
export interface Scene {
  readonly cluster: Cluster;
  /** A snapshot file of Redis from the beginning of the run. */
  readonly oldSnapshot: string;
  /** Sessions that have ended, the last one last. */
  readonly ended: readonly ClientSession[];
}

/** A fault with everything about it decided, so that a seed decides all of a run. */
export interface PlannedFault {
  readonly name: string;
  /** Instances that do not run, or cannot reach Postgres, while it lasts. */
  readonly withoutPostgres?: readonly number[];
  inject(): Promise<void>;
  heal(): Promise<void>;
}

export type FaultPlan = (scene: Scene, random: Random) => PlannedFault;
