import { LessThan, type Repository } from 'typeorm';
import { validate as isUuid } from 'uuid';
import { AppError } from '../errors/app-error.js';
import type { Session } from '../sessions/session.entity.js';
import type { UserPage } from '../users/users.service.js';

/**
 * A page of the sessions of a user, live and ended, newest first.
 *
 * @param page begins after the session with the id `after`
 * @throws {AppError} validation_failed
 */
export async function sessionsOfUser(
  sessions: Repository<Session>,
  userId: string,
  { limit, after }: UserPage,
): Promise<Session[]> {
  if (after !== undefined && !isUuid(after))
    throw new AppError('validation_failed', { detail: '`after` must be the id of a session.' });
  return sessions.find({
    where: { userId, ...(after === undefined ? {} : { id: LessThan(after) }) },
    order: { id: 'DESC' },
    take: limit,
  });
}
