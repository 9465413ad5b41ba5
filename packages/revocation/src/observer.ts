import type { Confirmation } from './session-store.js';

export type CacheLayer = 'memory' | 'shared' | 'store';

/** Sees what happens inside the protocol. Called on the hot path: cheap, and it never throws. */
export interface Observer {
  /** A session was looked up, and found or missed in the last tier that was asked. */
  lookedUp(tier: CacheLayer): void;
  /** A lookup went to the store because caches could not be trusted. */
  distrusted(): void;
  /** A push waits for so many instances more, or fewer. */
  awaiting(instances: number): void;
  /** Ends hold everywhere, so long after they were committed. */
  enforced(how: Confirmation['how'], ms: number): void;
  /** Ends could not be confirmed everywhere in time. */
  unconfirmed(): void;
  /** This instance has learnt of the end of a session that it knew, and granted it last so long after the commit; 0: not after. */
  grantedAfterEnd(ms: number): void;
}

export const NO_OBSERVER: Observer = {
  lookedUp() {},
  distrusted() {},
  awaiting() {},
  enforced() {},
  unconfirmed() {},
  grantedAfterEnd() {},
};
