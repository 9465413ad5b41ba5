const PRINTABLE_ASCII = /^[ -~]*$/;

/**
 * Text of a client, bounded, for a log line. JSON escapes C0 controls (CR, LF, ESC) but not DEL, C1 (U+009B starts
 * an escape code too) and the separators and direction marks that make a terminal show something else.
 */
export function logText(text: string, maxLength: number): string {
  const bounded = text.slice(0, maxLength);
  // Nearly every text is, and the pattern below costs more.
  if (PRINTABLE_ASCII.test(bounded)) return bounded;
  return bounded.replace(
    /[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
