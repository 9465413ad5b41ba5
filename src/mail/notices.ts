import type { EntityManager } from 'typeorm';
import type { MailableEvent } from '../policy/mailed-events.js';
import { decideNotice, type NoticeHistory } from './notice-limit.js';

// No row for an address that is not confirmed: its owner may never have heard of the account.
const ADD = `
  INSERT INTO mail_notices (user_id, window_started_at)
  SELECT id, now() FROM users WHERE id = $1 AND email_confirmed_at IS NOT NULL
  ON CONFLICT (user_id) DO NOTHING`;

const LOCK = `
  SELECT n.window_started_at AS "windowStartedAt", n.mailed, n.digest_due_at AS "digestDueAt",
         clock_timestamp() AS now, u.email_confirmed_at IS NOT NULL AS "isConfirmed"
  FROM mail_notices n JOIN users u ON u.id = n.user_id WHERE n.user_id = $1 FOR UPDATE OF n`;

const SAVE = `
  UPDATE mail_notices SET window_started_at = $2, mailed = $3, digest_due_at = $4 WHERE user_id = $1`;

/** `digest` with the time when it is due; `none` if the address is not confirmed. */
export type NoticeRoute = { readonly as: 'mail' | 'none' } | { readonly as: 'digest'; readonly dueAt: Date };

/**
 * Decides how a notice is mailed and counts it, in the caller's transaction. Notices of one account wait for one
 * another, so the limit holds for all instances. To prevent deadlocks, a transaction revokes sessions before it records
 * what the user is to be notified of.
 */
export async function routeNotice(
  manager: EntityManager,
  userId: string,
  kind: MailableEvent,
): Promise<NoticeRoute> {
  await manager.query(ADD, [userId]);
  const [row] = await manager.query<(NoticeHistory & { now: Date; isConfirmed: boolean })[]>(LOCK, [userId]);
  if (!row?.isConfirmed) return { as: 'none' };
  const { isMailed, history } = decideNotice(row, kind, row.now);
  const { windowStartedAt, mailed, digestDueAt } = history;
  await manager.query(SAVE, [userId, windowStartedAt, mailed, digestDueAt]);
  return isMailed || !digestDueAt ? { as: 'mail' } : { as: 'digest', dueAt: digestDueAt };
}
