import type { Cluster } from './cluster.js';
import type { Random } from './random.js';
import type { ClientSession } from './recorder.js';

/** What a fault may act on. */
export interface Scene {
  readonly cluster: Cluster;
  /** A Redis snapshot file from the start of the run. */
  readonly oldSnapshot: string;
  /** Ended sessions, most recent last. */
  readonly ended: readonly ClientSession[];
}

/** A fault whose random choices are already made, so that the seed determines the whole run. */
export interface PlannedFault {
  readonly name: string;
  /** Instances that are down or cannot reach Postgres during the fault. */
  readonly withoutPostgres?: readonly number[];
  /** Guarded servers that are down or cannot reach every instance during the fault. */
  readonly guarded?: readonly number[];
  inject(): Promise<void>;
  heal(): Promise<void>;
}

export type FaultPlan = (scene: Scene, random: Random) => PlannedFault;
