import { AppError } from '../../errors/app-error.js';
import { easyGuess } from './password-guesses.js';
import { passwordText } from './password-text.js';

/**
 * Counted in Unicode code points after canonical composition (NFC), which is close to what people call
 * characters.
 */
export const PASSWORD_MIN_CHARACTERS = 8;
export const PASSWORD_MAX_CHARACTERS = 256;

const SERVICE_NAME = 'latchkey';

const REJECTIONS = {
  malformed: 'The password is not well-formed Unicode text.',
  too_short: `The password must have at least ${PASSWORD_MIN_CHARACTERS} characters.`,
  too_long: `The password must have at most ${PASSWORD_MAX_CHARACTERS} characters.`,
  common: 'This password is too easy to guess: it is, or resembles, a commonly used one.',
  context: 'The password must not be based on the email address or the name of the service.',
} as const;

export type PasswordRejection = keyof typeof REJECTIONS;

/**
 * The requirements of NIST SP 800-63B and OWASP ASVS 5.0 V6.2 for a new password: a length, any Unicode
 * characters, no composition rules, and neither a common password nor one that is based on its context.
 *
 * @param email the user's normalised address
 * @throws {AppError} `password_rejected`, with the `reason` as a member; it never contains the password
 */
export function requireAcceptablePassword(password: string, email: string): void {
  const reason = passwordRejection(password, email);
  if (reason) throw new AppError('password_rejected', { detail: REJECTIONS[reason], members: { reason } });
}

function passwordRejection(password: string, email: string): PasswordRejection | null {
  // Lone surrogates cannot be encoded as UTF-8: all of them would be hashed as the same replacement
  // character.
  if (!password.isWellFormed()) return 'malformed';

  // Counted in NFC, because NFKC can expand one ligature to eighteen letters.
  const characters = [...password.normalize('NFC')].length;
  if (characters < PASSWORD_MIN_CHARACTERS) return 'too_short';
  if (characters > PASSWORD_MAX_CHARACTERS) return 'too_long';

  const contextWords = [email, email.slice(0, email.lastIndexOf('@')), SERVICE_NAME];
  const text = passwordText(password);
  if (contextWords.includes(text.toLowerCase())) return 'context';
  return easyGuess(text, contextWords);
}
