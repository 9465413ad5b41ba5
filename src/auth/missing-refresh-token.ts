import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';
import { originHeaders } from '../http/server/cross-site.js';
import { INVALID_TOKEN_MESSAGE } from '../http/validation/validators.js';

/** A browser has no cookie (any more): its user has to log in. Any other client has left out a field. */
export function missingRefreshToken(request: Pick<FastifyRequest, 'headers'>): AppError {
  const { fetchSite, origin } = originHeaders(request);
  if (fetchSite !== undefined || origin !== undefined) return new AppError('invalid_grant');
  return new AppError('validation_failed', {
    members: { errors: [{ field: 'refresh_token', message: INVALID_TOKEN_MESSAGE }] },
  });
}
