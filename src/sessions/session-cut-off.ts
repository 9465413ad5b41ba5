import type { CutOff } from '@latchkey/revocation/session-store';
import type { EntityManager } from 'typeorm';
import { MAX_SESSIONS_PER_USER } from '../policy/session-policy.js';
import type { Ending } from './revocation-reason.js';
import { type Condition, liveSessionsOf } from './session-selection.js';

/** SQL: a session `s` of a user `u` is over although its row says `active`. The row is closed later. */
export const IS_CUT_OFF = `(s.status = 'active' AND s.epoch < u.session_epoch)`;

/** SQL: what `status` is, or soon will be, of a session `s` of a user `u`. */
export const SESSION_STATUS = `CASE WHEN ${IS_CUT_OFF} THEN 'revoked' ELSE s.status END`;

/** SQL: the reason of the first cut-off after a session `s` was opened or exempted. */
const CUT_OFF_REASON = `coalesce((SELECT c.reason FROM session_cut_offs c
  WHERE c.user_id = s.user_id AND c.epoch > s.epoch ORDER BY c.epoch LIMIT 1), 'unspecified')`;

/** SQL: why a session `s` of a user `u` ended; `NULL` while it lives. */
export const SESSION_ENDED_REASON = `CASE WHEN ${IS_CUT_OFF} THEN ${CUT_OFF_REASON} ELSE s.ended_reason END`;

/**
 * Revokes the sessions of a user by increasing the user's session epoch: one row and one message, however many sessions
 * there are. Their own rows are closed later. Runs in the caller's transaction, which holds the user's row.
 *
 * @param kept the sessions that stay; `null`: none
 */
export async function cutOffSessions(
  manager: EntityManager,
  userId: string,
  kept: Condition | null,
): Promise<Required<CutOff>> {
  if (kept) await exempt(manager, userId, kept);
  const [[user]] = await manager.query<[[Omit<Required<CutOff>, 'userId'>], number]>(
    `UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1
     RETURNING session_epoch AS "sessionEpoch", roles_version AS "rolesVersion"`,
    [userId],
  );
  return { userId, ...user };
}

/** Keeps why the sessions are over, for rows that are still open. `CutOffSweeper` closes them. */
export async function explainCutOff(
  manager: EntityManager,
  userId: string,
  epoch: number,
  ending: Ending,
): Promise<void> {
  await manager.query(
    'INSERT INTO session_cut_offs (user_id, epoch, reason, ended_by) VALUES ($1, $2, $3, $4)',
    [userId, epoch, ...ending],
  );
}

/** The most sessions that a cut-off exempts, those that were used most recently. No policy allows a user to have more. */
const EXEMPTED_AT_MOST = MAX_SESSIONS_PER_USER;

/** Before the cut-off: the epoch of a session that is over cannot be raised (by trigger). */
async function exempt(
  manager: EntityManager,
  userId: string,
  { where, parameters }: Condition,
): Promise<void> {
  // In two statements: the planner has no good estimate of many new rows, and would scan them once for each that it updates.
  const found = await manager.query<{ id: string }[]>(
    `SELECT s.id FROM sessions s WHERE ${liveSessionsOf(1)} AND ${where(3)}
     ORDER BY s.last_seen_at DESC, s.id DESC LIMIT $2`,
    [userId, EXEMPTED_AT_MOST, ...parameters],
  );
  await manager.query(
    `UPDATE sessions SET epoch = epoch + 1 WHERE id = ANY ($1) AND user_id = $2 AND status = 'active'`,
    [found.map(({ id }) => id), userId],
  );
}
