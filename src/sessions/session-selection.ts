/** Which sessions to revoke; always within one user, except for what the service decides itself. */
export type SessionSelection = { readonly sessionId: string; readonly userId?: string } | UserSelection;

/** Any number of sessions of one user. */
export type UserSelection =
  | { readonly userId: string; readonly deviceIds: readonly string[] }
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
  if ('deviceIds' in selection) {
    const { revoked, kept } = except('s.device_id', selection.deviceIds);
    return { revoked: kept, kept: revoked };
  }
  if ('exceptSessionId' in selection) return except('s.id', [selection.exceptSessionId]);
  if (selection.exceptDeviceId !== undefined) return except('s.device_id', [selection.exceptDeviceId]);
  return { revoked: { where: () => 'true', parameters: [] }, kept: null };
}

/** The query for what stays within a limit, and the split once its result is known. */
export interface SurplusQuery {
  /** SQL, with the user, the session just opened and the limit as parameters; returns `kept`. */
  readonly kept: string;
  readonly limit: number;
  readonly split: (kept: readonly string[]) => Split;
}

/**
 * Keeps what was used most recently. The session just opened is never surplus. `last_seen_at` is up to ten seconds out of
 * date.
 */
export function surplusQuery(surplus: SurplusSelection): SurplusQuery {
  if ('maxDevices' in surplus) {
    return {
      kept: `SELECT s.device_id AS kept FROM sessions s WHERE ${liveSessionsOf(1)} GROUP BY s.device_id
             ORDER BY bool_or(s.id = $2) DESC, max(s.last_seen_at) DESC, max(s.id::text) DESC LIMIT $3`,
      limit: surplus.maxDevices,
      split: (kept) => except('s.device_id', kept),
    };
  }
  return {
    kept: `SELECT s.id AS kept FROM sessions s WHERE ${liveSessionsOf(1)}
           ORDER BY s.id = $2 DESC, s.last_seen_at DESC, s.id DESC LIMIT $3`,
    limit: surplus.maxSessions,
    split: (kept) => except('s.id', kept),
  };
}

/**
 * SQL: the sessions `s`, of the user in the parameter with this number, that no cut-off has ended: opened since the last
 * one, or exempted from it. So their epoch is the user's.
 */
export function liveSessionsOf(user: number): string {
  return `s.user_id = $${user} AND s.status = 'active'
    AND s.epoch = (SELECT session_epoch FROM users WHERE id = $${user})`;
}

function except(column: string, kept: readonly string[]): Record<keyof Split, Condition> {
  return {
    revoked: { where: (first) => `${column} <> ALL ($${first}::uuid[])`, parameters: [kept] },
    kept: { where: (first) => `${column} = ANY ($${first}::uuid[])`, parameters: [kept] },
  };
}
