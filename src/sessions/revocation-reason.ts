/** Why a session was revoked. Sessions that expire end with `expired`, `idle_expired` or `absolute_expired`. */
export const REVOCATION_REASONS = [
  'logout',
  /** By a new login in the same browser. */
  'replaced',
  'terminated',
  'refresh_reuse',
  'suspicious',
  'device_limit',
  'session_limit',
  'password_changed',
  'password_reset',
  'disowned',
  'user_disabled',
  'user_deleted',
  'operator',
] as const;

export type RevocationReason = (typeof REVOCATION_REASONS)[number];

/** Why a session is revoked, and by whom: `user:<id>`, `operator` or `latchkey`. */
export type Ending = readonly [reason: RevocationReason, actor: string];
