import type { EntityManager } from 'typeorm';
import { User } from './user.entity.js';

/**
 * Locks the user's row until the caller's transaction ends. Logins, password changes and resets of one user,
 * and disabling them, wait for one another here, and then decide from the committed row that this returns.
 */
export async function lockUser(manager: EntityManager, userId: string): Promise<User | null> {
  return manager.findOne(User, { where: { id: userId }, lock: { mode: 'for_no_key_update' } });
}
