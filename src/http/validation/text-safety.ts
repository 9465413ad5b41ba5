/**
 * Whether text can be stored, logged, compared and shown as it is: well-formed Unicode (no lone surrogates, which
 * UTF-8 cannot carry) and no control characters (Cc: NUL, which Postgres refuses, CR, LF, escape codes).
 */
export function isSafeText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !/\p{Cc}/u.test(value);
}

/** Length as people count it: an emoji outside the BMP is one, not two. */
export function codePointLength(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
