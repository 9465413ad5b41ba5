/**
 * Text of a client, bounded, for a log line. JSON escapes C0 controls (CR, LF, ESC) but not DEL, C1 (U+009B starts
 * an escape code too) and the separators and direction marks that make a terminal show something else.
 */
export function logText(text: string, maxLength: number): string {
  return text
    .slice(0, maxLength)
    .replace(
      /[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/gu,
      (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
    );
}
