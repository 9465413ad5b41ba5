/**
 * Whether text can be stored, logged, compared and shown unchanged: well-formed Unicode (no lone surrogates, which
 * UTF-8 cannot encode) and no control characters (category Cc: NUL, which Postgres rejects, CR, LF, escape codes).
 */
export function isSafeText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !/\p{Cc}/u.test(value);
}

/** Text as a label of at most `maxLength` code points: control characters become spaces, the rest is cut. */
export function asLabel(text: string, maxLength: number): string {
  // Cut before and after: a longer text is not searched as a whole.
  const plain = text
    .slice(0, 4 * maxLength)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return [...plain].slice(0, maxLength).join('').trim();
}

/** Length in code points, so that an emoji outside the BMP counts as one character. */
export function codePointLength(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** Copies the beginning of a text: a slice would keep the whole text in memory. */
export function truncate(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : Buffer.from(text.slice(0, maxLength), 'utf8').toString('utf8');
}
