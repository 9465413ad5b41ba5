import { AppError } from '../errors/app-error.js';

/** RFC 5321 §4.5.3.1.3: a path has 256 octets, two of them its angle brackets. */
const MAX_OCTETS = 254;

/**
 * White space, and all that is invisible, private, half a character or not assigned yet. Postgres cannot store NUL; and
 * of what Unicode has yet to assign, its `lower()` and ours may differ, while the table takes only what both leave as it is.
 */
const UNSAFE = /[\s\p{Z}\p{C}]/u;

/**
 * The key by which an address is unique: without regard to case (also before the `@`, where RFC 5321 §2.4 would allow
 * a difference that nobody makes) nor to how accents were composed. Nothing is trimmed, and no provider's own rules
 * (dots, plus signs) are applied: elsewhere those are different people.
 *
 * @throws {AppError} `validation_failed`
 */
export function normaliseEmail(address: string): string {
  // Composed once more, since lower-casing can decompose: `İ` becomes `i` and a combining dot.
  const email = address.normalize('NFC').toLowerCase().normalize('NFC');
  const at = email.lastIndexOf('@');
  if (at < 1 || at === email.length - 1 || UNSAFE.test(email)) {
    throw new AppError('validation_failed', { detail: 'The e-mail address is not valid.' });
  }
  if (Buffer.byteLength(email) > MAX_OCTETS) {
    throw new AppError('validation_failed', {
      detail: `The e-mail address must have at most ${MAX_OCTETS} characters.`,
    });
  }
  return email;
}
