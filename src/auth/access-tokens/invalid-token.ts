import { InvalidToken } from '@latchkey/access-token/errors';
import { AppError } from '../../errors/app-error.js';

/**
 * The same error for every invalid token, so that the answer does not help to forge one.
 *
 * @param reason for the operator; must not contain any part of the token
 */
export function invalidToken(reason: string, cause?: unknown): AppError {
  return new AppError('invalid_token', { cause: new Error(reason, { cause }) });
}

/** Converts the error of the access-token package; returns any other error unchanged. */
export function fromInvalidToken(error: unknown): unknown {
  return error instanceof InvalidToken ? new AppError('invalid_token', { cause: error }) : error;
}
