/**
 * The one form of a password that is judged and hashed. NIST SP 800-63B asks for NFKC or NFKD before hashing, so that
 * a password typed on two systems (composed or decomposed accents, half or full width) verifies on both. Nothing is
 * trimmed, cut or changed in case.
 */
export function passwordText(password: string): string {
  return password.normalize('NFKC');
}
