import type { EndedSession } from '@latchkey/revocation/session-store';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** Which sessions; always within one user, but for the service's own acts. */
export type SessionSelection =
  | { readonly sessionId: string; readonly userId?: string }
  | { readonly userId: string; readonly deviceId: string }
  | { readonly userId: string; readonly exceptSessionId: string }
  | { readonly userId: string; readonly exceptDeviceId?: string };

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
  'operator',
] as const;

export type RevocationReason = (typeof REVOCATION_REASONS)[number];

export interface Ending {
  /** Sessions that this very call has ended. */
  readonly count: number;
  /** Every selected session that has ended and is not confirmed everywhere yet, whoever ended it. */
  readonly unconfirmed: EndedSession[];
}

/** Commits the end of sessions. That it holds on every instance is `SessionsService.enforce`'s part. */
@Injectable()
export class SessionRevoker {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * @param actor `user:<id>`, `operator` or `latchkey`
   * @returns every selected session that has ended and is not confirmed everywhere yet, whoever ended it
   */
  async revoke(
    selection: SessionSelection,
    reason: RevocationReason,
    actor: string,
  ): Promise<EndedSession[]> {
    return (await this.revokeWithin(this.dataSource.manager, selection, reason, actor)).unconfirmed;
  }

  /** The same inside the caller's transaction: `unconfirmed` is for `SessionsService.enforce` once that is committed. */
  async revokeWithin(
    manager: EntityManager,
    selection: SessionSelection,
    reason: RevocationReason,
    actor: string,
  ): Promise<Ending> {
    const [where, parameters] = condition(selection);
    const [, count] = await manager.query<[unknown[], number]>(
      `UPDATE sessions SET status = 'revoked', ended_reason = $1, ended_by = $2
       WHERE status = 'active' AND ${where(3)}`,
      [reason, actor, ...parameters],
    );
    // A statement of its own: it also sees what somebody else committed while the first one waited for a row.
    const unconfirmed = await manager.query<EndedSession[]>(
      `SELECT id AS "sessionId", ended_reason AS reason, (extract(epoch FROM ended_at) * 1000)::float8 AS "endedAt"
       FROM sessions
       WHERE status <> 'active' AND enforced_at IS NULL AND ${where(1)}`,
      parameters,
    );
    return { count, unconfirmed };
  }
}

/** SQL for a selection, its parameters numbered from `first`. */
function condition(selection: SessionSelection): [(first: number) => string, string[]] {
  if ('sessionId' in selection) {
    const { sessionId, userId } = selection;
    return userId === undefined
      ? [(first) => `id = $${first}`, [sessionId]]
      : [(first) => `id = $${first} AND user_id = $${first + 1}`, [sessionId, userId]];
  }
  if ('deviceId' in selection) {
    return [
      (first) => `user_id = $${first} AND device_id = $${first + 1}`,
      [selection.userId, selection.deviceId],
    ];
  }
  if ('exceptSessionId' in selection) {
    return [
      (first) => `user_id = $${first} AND id <> $${first + 1}`,
      [selection.userId, selection.exceptSessionId],
    ];
  }
  const { userId, exceptDeviceId } = selection;
  return exceptDeviceId === undefined
    ? [(first) => `user_id = $${first}`, [userId]]
    : [(first) => `user_id = $${first} AND device_id <> $${first + 1}`, [userId, exceptDeviceId]];
}
