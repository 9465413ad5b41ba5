import { trimAddress, withAsciiDomain } from '../email-addresses/address-text.js';
import { AppError } from '../errors/app-error.js';

/** RFC 5321 §4.5.3.1.3: a path has at most 256 octets, including two angle brackets. */
const MAX_OCTETS = 254;

/**
 * White space, and control, format, private-use, surrogate and unassigned characters. Postgres cannot store
 * NUL. For characters that Unicode assigns later, `lower()` in Postgres and in JavaScript may differ, and the
 * table accepts only addresses that `lower()` does not change.
 */
const UNSAFE = /[\s\p{Z}\p{C}]/u;

const QUOTED = /^"(?:[^"\\]|\\.)*"$/;
/** RFC 5322 §3.2.3 `dot-atom`, with the characters that RFC 6531 §3.3 adds. */
const DOT_ATOM = /^[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+)*$/u;

/**
 * The form in which an address is unique: one mailbox is one account. It ignores
 *
 * - case, also before the `@`, where RFC 5321 §2.4 allows mailboxes to differ by case but providers do not use that;
 * - how accents are composed;
 * - whether an internationalised domain is written in Unicode or in ASCII (RFC 5890);
 * - quotes and escapes that the local part does not need (RFC 5321 §4.1.2);
 * - spaces around the address.
 *
 * Rules of single providers (dots, plus signs) are not applied, because at other providers those are different
 * mailboxes.
 *
 * @throws {AppError} `validation_failed`
 */
export function normaliseEmail(address: string): string {
  const spelling = emailSpelling(address);
  const at = spelling.lastIndexOf('@');
  const email = withAsciiDomain(plainLocalPart(spelling.slice(0, at)) + spelling.slice(at));
  if (email === null) throw invalid('The domain of the email address is not valid.');
  return requireLength(email);
}

/**
 * An address as entered, except for case, composition and spaces around it. The service once knew accounts by this form.
 *
 * @throws {AppError} `validation_failed`
 */
export function emailSpelling(address: string): string {
  // Composed again, because lower-casing can decompose: `İ` becomes `i` and a combining dot.
  const email = trimAddress(address).normalize('NFC').toLowerCase().normalize('NFC');
  const at = email.lastIndexOf('@');
  if (at < 1 || at === email.length - 1 || UNSAFE.test(email)) {
    throw invalid('The email address is not valid.');
  }
  return requireLength(email);
}

function plainLocalPart(local: string): string {
  if (!QUOTED.test(local)) return local;
  const text = local.slice(1, -1).replace(/\\(.)/gu, '$1');
  return DOT_ATOM.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function requireLength(email: string): string {
  if (Buffer.byteLength(email) <= MAX_OCTETS) return email;
  throw invalid(`The email address must have at most ${MAX_OCTETS} characters.`);
}

function invalid(detail: string): AppError {
  return new AppError('validation_failed', { detail });
}
