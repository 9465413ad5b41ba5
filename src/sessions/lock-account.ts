import type { EntityManager } from 'typeorm';

/** Locks the user's row until the caller's transaction ends, to be before or after each login of the user. */
export async function lockAccount(manager: EntityManager, userId: string): Promise<void> {
  await manager.query('SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE', [userId]);
}
