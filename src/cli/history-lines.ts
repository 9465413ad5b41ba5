import type { SessionEvent } from '../sessions/session-event.entity.js';
import type { SessionHistory } from '../sessions/session-history.js';

/** The history of a session as lines of text, oldest event first. */
export function historyLines({ session, events, instances, inRedis }: SessionHistory): string[] {
  const lastGrant = Math.max(
    session.lastSeenAt.getTime(),
    ...(instances ?? []).map(({ lastGrantedAt }) => lastGrantedAt ?? 0),
  );
  return [
    `session ${session.id} of user ${session.userId} on device ${session.deviceId}`,
    `  status       ${session.status}${session.endedReason ? ` (${session.endedReason}, by ${session.endedBy})` : ''}`,
    `  rotations    ${session.refreshGeneration}${session.rotatedAt ? `, the last at ${session.rotatedAt.toISOString()}` : ''}`,
    `  last granted ${new Date(lastGrant).toISOString()} from ${session.address ?? 'an unknown address'}`,
    `  in Redis     ${inRedis === null ? 'not configured' : inRedis ? 'yes' : 'no'}`,
    ...(instances ?? []).map(
      ({ instanceId, inMemory, endedReason, trustsCaches }) =>
        `  instance     ${instanceId}: ${inMemory ? 'in memory' : 'not in memory'}, ${
          endedReason ? `refused (${endedReason})` : 'not in the ended set'
        }, ${trustsCaches ? 'trusts its caches' : 'reads from Postgres'}`,
    ),
    'events',
    ...events.map((event) => `  ${event.at.toISOString()}  ${event.kind.padEnd(8)}  ${detailText(event)}`),
  ];
}

function detailText({ kind, detail }: SessionEvent): string {
  if (kind === 'ended') return `${detail.status}: ${detail.reason}, by ${detail.by}`;
  if (kind === 'rotated') return `to generation ${detail.generation}, from ${detail.address}`;
  if (kind === 'opened') return `on device ${detail.device_id}, from ${detail.address}`;
  const acknowledged = Array.isArray(detail.acknowledged_by) ? detail.acknowledged_by : [];
  return `on every instance (${detail.how}), pushed by ${detail.by}, acknowledged by ${
    acknowledged.length > 0 ? acknowledged.join(', ') : 'no other instance'
  }`;
}
