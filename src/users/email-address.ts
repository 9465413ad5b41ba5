import { AppError } from '../errors/app-error.js';

/** RFC 5321 §4.5.3.1.3: a path has at most 256 octets, including two angle brackets. */
const MAX_OCTETS = 254;

/**
 * White space, and control, format, private-use, surrogate and unassigned characters. Postgres cannot store
 * NUL. For characters that Unicode assigns later, `lower()` in Postgres and in JavaScript may differ, and the
 * table accepts only addresses that `lower()` does not change.
 */
const UNSAFE = /[\s\p{Z}\p{C}]/u;

/**
 * The form in which an address is unique. It ignores case, also before the `@`, where RFC 5321 §2.4 allows
 * mailboxes to differ by case but providers do not use that. It also ignores how accents are composed.
 * Nothing is trimmed, and rules of single providers (dots, plus signs) are not applied, because at other
 * providers those are different mailboxes.
 *
 * @throws {AppError} `validation_failed`
 */
export function normaliseEmail(address: string): string {
  // Composed again, because lower-casing can decompose: `İ` becomes `i` and a combining dot.
  const email = address.normalize('NFC').toLowerCase().normalize('NFC');
  const at = email.lastIndexOf('@');
  if (at < 1 || at === email.length - 1 || UNSAFE.test(email)) {
    throw new AppError('validation_failed', { detail: 'The email address is not valid.' });
  }
  if (Buffer.byteLength(email) > MAX_OCTETS) {
    throw new AppError('validation_failed', {
      detail: `The email address must have at most ${MAX_OCTETS} characters.`,
    });
  }
  return email;
}
