import type { RunningApp } from './app.js';

type Moment = 'created_at' | 'last_seen_at' | 'auth_time';

/**
 * Moves a timestamp of a session into the past, as if time had passed. Only for sessions that no instance has checked
 * yet: an instance keeps the last-seen time of a checked session in memory.
 */
export async function backdateSession(
  service: Pick<RunningApp, 'sql'>,
  sessionId: string,
  moment: Moment,
  interval: string,
): Promise<void> {
  await service.sql(`UPDATE sessions SET ${moment} = ${moment} - $2::interval WHERE id = $1`, [
    sessionId,
    interval,
  ]);
}
