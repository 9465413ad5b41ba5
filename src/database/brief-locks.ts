import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';

/** A statement that waits for a lock makes every later one on the table wait behind it, reads included. */
const LOCK_TIMEOUT_MS = 300;
/**
 * Longer than Postgres's `deadlock_timeout`, after which a waiting statement cancels the autovacuum that it waits for. An
 * autovacuum of a big table would otherwise end no attempt for hours.
 */
const LONG_LOCK_TIMEOUT_MS = 1_200;
/** The first long attempt is the fifth. */
const ATTEMPTS_PER_LONG_ONE = 5;
const PAUSE_MS = 500;

/** SQLSTATE when a lock is not acquired in time, and of a deadlock. Nothing was written. */
const LOCK_CONFLICTS: ReadonlySet<unknown> = new Set(['55P03', '40P01']);

/** It waits without blocking reads and writes, and must not be tried again: that would build the index again. */
const CONCURRENTLY = /\bCONCURRENTLY\b/i;

/**
 * Runs `change` in a transaction that waits only briefly for each lock, and again until it gets all of them. The timeout
 * ends with the transaction, so that a connection pooler does not pass it on to other clients.
 */
export async function withBriefLocks<T>(
  runner: QueryRunner,
  change: () => Promise<T>,
  onConflict: () => void,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const timeoutMs = attempt % ATTEMPTS_PER_LONG_ONE === 0 ? LONG_LOCK_TIMEOUT_MS : LOCK_TIMEOUT_MS;
    try {
      await runner.startTransaction();
      await runner.query(`SET LOCAL lock_timeout = ${timeoutMs}`);
      const result = await change();
      await runner.commitTransaction();
      return result;
    } catch (error) {
      // Fails if the connection is lost; the first error says why.
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => {});
      if (!LOCK_CONFLICTS.has((error as { code?: unknown }).code)) throw error;
    }
    onConflict();
    // Random, so that attempts do not keep meeting a job that runs periodically.
    await sleep(PAUSE_MS * (1 + Math.random()));
  }
}

/** Gives each statement outside a transaction its own, with brief locks, except those that run `CONCURRENTLY`. */
export function useBriefLocks(runner: QueryRunner, onConflict: () => void): void {
  const query = runner.query.bind(runner) as (...parameters: unknown[]) => Promise<unknown>;
  const inTurn = (...parameters: unknown[]) =>
    runner.isTransactionActive || CONCURRENTLY.test(String(parameters[0]))
      ? query(...parameters)
      : withBriefLocks(runner, () => query(...parameters), onConflict);
  runner.query = inTurn as QueryRunner['query'];
}
