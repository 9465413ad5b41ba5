import { createHash } from 'node:crypto';
import { normaliseEmail } from '../../users/email-address.js';

/**
 * The key under which a limiter counts an email address: a hash, so that Redis stores no personal data.
 *
 * @throws {AppError} `validation_failed`
 */
export function emailKey(email: string): string {
  return createHash('sha256').update(normaliseEmail(email)).digest('base64url');
}
