import { domainToASCII, domainToUnicode } from 'node:url';

/** White space and invisible characters, which copied text often has at its ends. */
const AROUND = /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu;
/** Longer texts are no addresses, and would take long to search. */
const MAX_LENGTH = 1024;

const ASCII = /^[\0-\x7f]*$/;
/** Of ASCII, only what host names have: `domainToASCII` would take other characters for parts of a URL. */
const DOMAIN = /^[a-z\d.\-\u0080-\u{10ffff}]+$/iu;

/** An address without the spaces around it, which no address has. */
export function trimAddress<T>(value: T): T | string {
  return typeof value === 'string' && value.length <= MAX_LENGTH ? value.replace(AROUND, '') : value;
}

/**
 * Writes an internationalised domain as DNS does (RFC 5890 A-labels), so that both spellings are one: browsers send the
 * ASCII form of what a user types into an email field, other clients do not. The local part stays as it is.
 *
 * @returns `null` if the domain has no such form
 */
export function withAsciiDomain(address: string): string | null {
  const at = address.lastIndexOf('@') + 1;
  const domain = address.slice(at);
  if (ASCII.test(domain)) return address;
  const ascii = DOMAIN.test(domain) ? domainToASCII(domain) : '';
  return ascii === '' ? null : address.slice(0, at) + ascii;
}

/** An address as people write it: with the domain in Unicode. */
export function shownEmail(email: string): string {
  const at = email.lastIndexOf('@') + 1;
  const domain = email.slice(at);
  // Any other domain stays as it is: it may be no host name.
  return domain.includes('xn--') ? email.slice(0, at) + (domainToUnicode(domain) || domain) : email;
}
