import { GuardError } from '../guard-error.js';

/**
 * The same error for every invalid token, so that the answer does not help to forge one.
 *
 * @param reason for the operator; must not contain any part of the token
 */
export function invalidToken(reason: string): GuardError {
  return new GuardError('invalid_token', { cause: new Error(reason) });
}
