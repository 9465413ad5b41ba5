/**
 * The form of a password that is checked and hashed. NIST SP 800-63B requires NFKC or NFKD before hashing, so
 * that a password verifies on systems that encode it differently (composed or decomposed accents, half or
 * full width). Nothing is trimmed, truncated or changed in case.
 */
export function passwordText(password: string): string {
  return password.normalize('NFKC');
}
