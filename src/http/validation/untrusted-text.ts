/**
 * Whether text can be stored, logged, compared and shown unchanged: well-formed Unicode (no lone surrogates, which
 * UTF-8 cannot encode) and no control characters (category Cc: NUL, which Postgres rejects, CR, LF, escape codes).
 */
export function isSafeText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !/\p{Cc}/u.test(value);
}

/** Characters that change the direction of the text around them, such as U+202E. */
const BIDI_CONTROL = /\p{Bidi_Control}/u;
/** Anything but white space, control and format characters, characters without a glyph, and the blank of Braille. */
const VISIBLE = /[^\p{White_Space}\p{C}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Whether text can be shown as a name: it is safe, has a visible character, and cannot reorder the text around it. */
export function isSafeLabel(value: unknown): value is string {
  return isSafeText(value) && VISIBLE.test(value) && !BIDI_CONTROL.test(value);
}

/**
 * Text as a label of at most `maxLength` code points: control characters, also those of direction, become spaces, and the
 * rest is cut. Empty if no visible character remains.
 */
export function asLabel(text: string, maxLength: number): string {
  // Cut before and after: a longer text is not searched as a whole.
  const plain = text
    .slice(0, 4 * maxLength)
    .replace(/[\p{Cc}\p{Bidi_Control}]+/gu, ' ')
    .trim();
  const label = [...plain].slice(0, maxLength).join('').trim();
  return VISIBLE.test(label) ? label : '';
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
