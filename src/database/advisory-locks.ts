/** Keys of the Postgres advisory locks: arbitrary numbers, different from one another. */
export const ADVISORY_LOCKS = {
  migrations: 7_210_001,
  instances: 7_210_002,
  signingKeys: 7_210_003,
} as const;

/**
 * Keeps a session that holds a lock from being closed while it is idle, as a role or database may demand. Postgres before
 * 14 does not have the setting.
 */
export const KEEP_IDLE_SESSION = `
  SELECT set_config('idle_session_timeout', '0', false)
  WHERE current_setting('idle_session_timeout', true) IS NOT NULL`;
