import type { RunningApp } from './app.js';

type Moment = 'created_at' | 'last_seen_at' | 'auth_time';

/**
 * Puts a moment in a session's life back, as time does. Only a session that no instance has checked yet: those that
 * have know when it was last seen.
 */
export async function backdateSession(
  { sql }: Pick<RunningApp, 'sql'>,
  sessionId: string,
  moment: Moment,
  interval: string,
): Promise<void> {
  await sql(`UPDATE sessions SET ${moment} = ${moment} - $2::interval WHERE id = $1`, [sessionId, interval]);
}
