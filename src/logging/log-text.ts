const PRINTABLE_ASCII = /^[ -~]*$/;

/**
 * Truncates and escapes text from a client for a log line. JSON escapes C0 controls (CR, LF, ESC), but neither DEL and
 * C1 (U+009B starts an escape code too) nor the separators and direction marks that change what a terminal shows.
 */
export function logText(text: string, maxLength: number): string {
  const bounded = text.slice(0, maxLength);
  // The usual case; the pattern below is slower.
  if (PRINTABLE_ASCII.test(bounded)) return bounded;
  return bounded.replace(
    /[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** Tokens of this service, and JWTs; also percent-encoded, and directly after `%3D`. */
const TOKEN = /(?:lk[a-z](?:_|%(?:25)*5f)|eyJ)[\w.%-]+/gi;

/** Removes tokens from a text: a mail program or a client may put one where it does not belong, such as a path. */
export function withoutTokens(text: string): string {
  return text.replace(TOKEN, '[token]');
}
