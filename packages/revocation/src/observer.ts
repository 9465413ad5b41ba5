import type { Confirmation } from './session-store.js';

export type CacheLayer = 'memory' | 'shared' | 'store';

/** Is notified about what happens inside the protocol. Called on the hot path, so it must be cheap; it must not throw. */
export interface Observer {
  /** A session was looked up; `layer` is the last one that was asked. */
  lookedUp(layer: CacheLayer): void;
  /** A lookup went to the store because caches could not be trusted. */
  distrusted(): void;
  /** Pushes now wait for so many acknowledgements more, or, if negative, fewer. */
  awaiting(instances: number): void;
  /** Revocations hold everywhere, `ms` after they were committed. */
  enforced(how: Confirmation['how'], ms: number): void;
  /** Revocations could not be confirmed everywhere in time. */
  unconfirmed(): void;
  /** This instance has learned that a session in its memory ended, and granted it for `ms` after that; 0 if it did not. */
  grantedAfterEnd(ms: number): void;
  /** What this instance had learned is in force at its guards, `ms` after it began to wait for that. */
  inForceAtGuards(ms: number): void;
  /** A guard asked for a lease and got none. */
  leaseRefused(): void;
}

export const NO_OBSERVER: Observer = {
  lookedUp() {},
  distrusted() {},
  awaiting() {},
  enforced() {},
  unconfirmed() {},
  grantedAfterEnd() {},
  inForceAtGuards() {},
  leaseRefused() {},
};
