/** Which sessions to revoke; always within one user, except for what the service decides itself. */
export type SessionSelection =
  | { readonly sessionId: string; readonly userId?: string }
  | { readonly userId: string; readonly deviceId: string; readonly sessionId?: string }
  | { readonly userId: string; readonly exceptSessionId: string }
  | { readonly userId: string; readonly exceptDeviceId?: string };

/** The sessions of a user beyond a limit, once `openedSessionId` has been opened. */
export type SurplusSelection = { readonly userId: string; readonly openedSessionId: string } & (
  | { readonly maxDevices: number }
  | { readonly maxSessions: number }
);

/** A condition on `sessions`, its parameters numbered from the number that `where` is called with. */
interface Condition {
  readonly where: (first: number) => string;
  readonly parameters: readonly unknown[];
}

export function selectionSql(selection: SessionSelection): Condition {
  const { userId, sessionId, deviceId, exceptSessionId, exceptDeviceId } = selection as Partial<
    Record<string, string>
  >;
  const terms: [string, string | undefined][] = [
    ['user_id =', userId],
    ['id =', sessionId],
    ['device_id =', deviceId],
    ['id <>', exceptSessionId],
    ['device_id <>', exceptDeviceId],
  ];
  const given = terms.filter(([, value]) => value !== undefined);
  return {
    where: (first) => given.map(([term], at) => `${term} $${first + at}`).join(' AND '),
    parameters: given.map(([, value]) => value),
  };
}

/**
 * Orders by the database's clock; the clocks of instances, which are part of session ids, may differ by more than the
 * time between two logins. The session just opened is never surplus, even if it began before one that locked the user
 * first.
 */
export function surplusSql(surplus: SurplusSelection): Condition {
  const { userId, openedSessionId } = surplus;
  if ('maxDevices' in surplus) {
    return {
      // The devices whose last login is longest ago make room.
      where: (first) => `user_id = $${first} AND device_id IN (
        SELECT device_id FROM sessions WHERE user_id = $${first} AND status = 'active' GROUP BY device_id
        ORDER BY bool_or(id = $${first + 1}) DESC, max(created_at) DESC, max(id::text) DESC OFFSET $${first + 2})`,
      parameters: [userId, openedSessionId, surplus.maxDevices],
    };
  }
  return {
    where: (first) => `user_id = $${first} AND id IN (
      SELECT id FROM sessions WHERE user_id = $${first} AND status = 'active'
      ORDER BY id = $${first + 1} DESC, created_at DESC, id DESC OFFSET $${first + 2})`,
    parameters: [userId, openedSessionId, surplus.maxSessions],
  };
}
