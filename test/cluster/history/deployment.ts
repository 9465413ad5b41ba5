import type { FaultPlan } from './planned-fault.js';

/** What can break. At most one fault of each list is active at a time. */
export interface Faults {
  readonly redis: readonly FaultPlan[];
  /** Of instances, and of the Postgres that they reach. */
  readonly instances: readonly FaultPlan[];
  readonly guarded: readonly FaultPlan[];
}

/** The Postgres of a cluster, and how faults break it; `port` leads to the primary. */
export interface ClusterPostgres {
  readonly port: number;
  readonly url: string;
  databaseUrl(database: string): string;
  pause(): void | Promise<void>;
  resume(): void | Promise<void>;
  kill(): Promise<void>;
  start(): Promise<unknown>;
  dispose(): Promise<void>;
}

/** Servers that instances use in place of the single Redis, the single Postgres, or both. */
export interface Deployment {
  /** Environment variables of every instance. One that is empty counts as not set: `{ REDIS_URL: '' }` replaces Redis. */
  readonly env: Readonly<Record<string, string>>;
  /** In place of the single Postgres. The cluster stops it. */
  readonly postgres?: ClusterPostgres;
  /** In place of the faults of the servers that it replaces. */
  readonly faults: Partial<Faults>;
  /** Stops the other servers. Every instance has stopped before. */
  dispose(): Promise<void>;
}

/**
 * Starts a deployment.
 *
 * @throws {MissingProgram} with one line that says what to install
 */
export type StartDeployment = () => Promise<Deployment>;
