import type { EntityManager } from 'typeorm';
import { SecurityEvent } from '../../security-events/security-event.entity.js';
import { LINK_LIFETIME_MS } from '../links/account-links.js';

/** A user answers the oldest ones later. */
const LISTED = 20;

/**
 * A device is reported once, so the answer is that of its device. A sign-in is asked about for as long as the link in its
 * mail can be used, and no longer than its password works.
 */
const UNANSWERED = `
  e.user_id = $1 AND e.kind = 'new_device_sign_in' AND e.device_id IS NOT NULL
  AND e.at > now() - interval '${LINK_LIFETIME_MS.disown} milliseconds'
  AND NOT EXISTS (
    SELECT FROM security_events a WHERE a.user_id = $1 AND (
      (a.kind IN ('sign_in_confirmed', 'disowned') AND a.device_id = e.device_id)
      OR (a.kind IN ('password_changed', 'password_reset') AND a.at > e.at)))`;

const LIST = `
  SELECT e.id FROM security_events e WHERE ${UNANSWERED} AND e.device_id <> $2
  ORDER BY e.at DESC, e.id DESC LIMIT ${LISTED}`;

const HAS_OPEN_QUESTION = `SELECT FROM security_events e WHERE ${UNANSWERED} AND e.device_id = $2 LIMIT 1`;

/** The latest answer about a device. */
const ANSWER = `
  SELECT kind FROM security_events
  WHERE user_id = $1 AND device_id = $2 AND kind IN ('sign_in_confirmed', 'disowned')
  ORDER BY at DESC, id DESC LIMIT 1`;

/**
 * The sign-ins from new devices that the user has not answered, newest first.
 *
 * @param exceptDeviceId the device that asks: its user would only confirm themselves
 */
export async function unansweredSignIns(
  manager: EntityManager,
  userId: string,
  exceptDeviceId: string,
): Promise<SecurityEvent[]> {
  const found = await manager.query<{ id: string }[]>(LIST, [userId, exceptDeviceId]);
  if (found.length === 0) return [];
  return manager
    .createQueryBuilder(SecurityEvent, 'e')
    .whereInIds(found.map(({ id }) => id))
    .orderBy({ 'e.at': 'DESC', 'e.id': 'DESC' })
    .getMany();
}

/** Whether the sign-in that made this device known is unanswered itself. */
export async function isUnconfirmedDevice(
  manager: EntityManager,
  userId: string,
  deviceId: string,
): Promise<boolean> {
  return (await manager.query<unknown[]>(HAS_OPEN_QUESTION, [userId, deviceId])).length > 0;
}

export async function answerAbout(
  manager: EntityManager,
  userId: string,
  deviceId: string,
): Promise<'sign_in_confirmed' | 'disowned' | null> {
  const [answer] = await manager.query<{ kind: 'sign_in_confirmed' | 'disowned' }[]>(ANSWER, [
    userId,
    deviceId,
  ]);
  return answer?.kind ?? null;
}
