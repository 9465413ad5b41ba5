import { AppError } from '../errors/app-error.js';

/** Short, because every access token contains the roles. */
const ROLE_NAME = /^[a-z][a-z0-9_-]{0,31}$/;

/** @throws {AppError} `validation_failed` */
export function requireRoleName(role: string): void {
  if (ROLE_NAME.test(role)) return;
  throw new AppError('validation_failed', {
    detail: 'A role has 1 to 32 characters (a-z, 0-9, _ and -) and starts with a letter.',
  });
}
