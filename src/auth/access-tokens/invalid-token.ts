import { AppError } from '../../errors/app-error.js';

/**
 * The one answer to every token that is not good: a client, or a forger, learns nothing from the difference.
 *
 * @param reason for the operator; never a part of the token
 */
export function invalidToken(reason: string, cause?: unknown): AppError {
  return new AppError('invalid_token', { cause: new Error(reason, { cause }) });
}
