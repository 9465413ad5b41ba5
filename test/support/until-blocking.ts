import type { EntityManager } from 'typeorm';
import { waitUntil } from './wait-until.js';

const BLOCKED = `
  SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))`;

/**
 * Waits until another connection waits for a lock of this transaction. Asks on the connection of the transaction: on a busy
 * machine, the statement that waits could time out before another connection is open.
 */
export async function untilBlocking(transaction: EntityManager, who: string): Promise<void> {
  await waitUntil(`${who} to wait`, async () => (await transaction.query<unknown[]>(BLOCKED)).length > 0);
}
