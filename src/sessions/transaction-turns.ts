import { FairQueue } from '../shares/fair-queue.js';

/** As long as a request waits for a connection of the pool. */
const MAX_WAIT_MS = 2_000;
const PLACES = 1_000;

/**
 * Who may begin a transaction that locks rows of an account. Such transactions of one account wait for one another in
 * Postgres; if they did that with a connection each, a few hundred requests for one account would hold the whole pool.
 * So they wait here, one at a time for each account. A fifth of the connections remains for everything else, and no
 * network can use all of the others.
 *
 * @param poolSize connections to Postgres
 */
export function transactionTurns(poolSize: number): FairQueue {
  const concurrency = poolSize - Math.max(1, Math.floor(poolSize / 5));
  return new FairQueue({
    concurrency,
    places: PLACES,
    maxWaitMs: MAX_WAIT_MS,
    perAccount: 1,
    perNetwork: Math.ceil((concurrency * 3) / 4),
  });
}
