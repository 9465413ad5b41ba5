/** Which sessions to revoke; always within one user, except for what the service decides itself. */
export type SessionSelection = { readonly sessionId: string; readonly userId?: string } | UserSelection;

/** Any number of sessions of one user. */
export type UserSelection =
  | { readonly userId: string; readonly deviceId: string }
  | { readonly userId: string; readonly exceptSessionId: string }
  | { readonly userId: string; readonly exceptDeviceId?: string };

/** The sessions of a user beyond a limit, once `openedSessionId` has been opened. */
export type SurplusSelection = { readonly userId: string; readonly openedSessionId: string } & (
  | { readonly maxDevices: number }
  | { readonly maxSessions: number }
);

/** A condition on `sessions s`, its parameters numbered from the number that `where` is called with. */
export interface Condition {
  readonly where: (first: number) => string;
  readonly parameters: readonly unknown[];
}

/** The sessions of a user to revoke, and the others; `kept` is `null` when there are none to keep. */
export interface Split {
  readonly revoked: Condition;
  readonly kept: Condition | null;
}

export function splitSelection(selection: UserSelection): Split {
  if ('deviceId' in selection) return except('s.device_id <>', selection.deviceId);
  if ('exceptSessionId' in selection) return except('s.id =', selection.exceptSessionId);
  if (selection.exceptDeviceId !== undefined) return except('s.device_id =', selection.exceptDeviceId);
  return { revoked: { where: () => 'true', parameters: [] }, kept: null };
}

/**
 * Keeps what was used most recently. The session just opened is never surplus. `last_seen_at` is up to ten seconds out of
 * date.
 */
export function splitSurplus(surplus: SurplusSelection): Split {
  const { userId, openedSessionId } = surplus;
  if ('maxDevices' in surplus) {
    return split(
      (first) => `s.device_id IN (
        SELECT s.device_id FROM sessions s WHERE ${liveSessionsOf(first)} GROUP BY s.device_id
        ORDER BY bool_or(s.id = $${first + 1}) DESC, max(s.last_seen_at) DESC, max(s.id::text) DESC
        LIMIT $${first + 2})`,
      [userId, openedSessionId, surplus.maxDevices],
    );
  }
  return split(
    (first) => `s.id IN (
      SELECT s.id FROM sessions s WHERE ${liveSessionsOf(first)}
      ORDER BY s.id = $${first + 1} DESC, s.last_seen_at DESC, s.id DESC LIMIT $${first + 2})`,
    [userId, openedSessionId, surplus.maxSessions],
  );
}

/** SQL: the sessions `s`, of the user in the parameter with this number, that no cut-off has ended. */
export function liveSessionsOf(user: number): string {
  return `s.user_id = $${user} AND s.status = 'active'
    AND s.epoch >= (SELECT session_epoch FROM users WHERE id = $${user})`;
}

function except(term: string, value: string): Split {
  return split((first) => `${term} $${first}`, [value]);
}

function split(isKept: Condition['where'], parameters: readonly unknown[]): Split {
  return {
    revoked: { where: (first) => `NOT (${isKept(first)})`, parameters },
    kept: { where: isKept, parameters },
  };
}
