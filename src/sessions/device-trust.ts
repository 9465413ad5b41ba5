import type { EntityManager } from 'typeorm';

/**
 * A device (`d`) that its user (`u`) still trusts: one that logged in after the last event that ended trust. Compared at
 * login, so that ending the trust in any number of devices writes one row.
 */
export const IS_TRUSTED_DEVICE =
  '(u.devices_trusted_since IS NULL OR d.last_seen_at > u.devices_trusted_since)';

/**
 * Makes the user's devices count as new at their next login: they are reported, and wrong passwords from them count
 * against the account. For events after which a copied device token may be in the wrong hands. Runs in the caller's
 * transaction, before it writes sessions: transactions that write both lock the user first.
 *
 * @param exceptDeviceId the device on which the user has just proved their identity
 */
export async function endDeviceTrust(
  manager: EntityManager,
  userId: string,
  { exceptDeviceId }: { exceptDeviceId?: string | undefined } = {},
): Promise<void> {
  // Not `now()`: a login that began later may have held the lock on the user first.
  await manager.query('UPDATE users SET devices_trusted_since = clock_timestamp() WHERE id = $1', [userId]);
  if (exceptDeviceId === undefined) return;
  await manager.query(
    // Later than the end of trust, also where clock_timestamp() counts milliseconds, as in the embedded database.
    `UPDATE devices d SET last_seen_at = u.devices_trusted_since + interval '1 microsecond' FROM users u
     WHERE d.id = $2 AND d.user_id = $1 AND u.id = $1 AND d.terminated_at IS NULL`,
    [userId, exceptDeviceId],
  );
}
