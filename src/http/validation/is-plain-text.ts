import { ValidateBy, type ValidationOptions } from 'class-validator';
import { codePointLength, isSafeText } from './text-safety.js';

/** A string of `min` to `max` code points that is safe to store, log and show. */
export function IsPlainText(length: { min: number; max: number }, options?: ValidationOptions) {
  return ValidateBy(
    {
      name: 'isPlainText',
      validator: {
        // The cheap test first: a code point is one or two units.
        validate: (value: unknown) =>
          isSafeText(value) &&
          value.length <= 2 * length.max &&
          codePointLength(value) >= length.min &&
          codePointLength(value) <= length.max,
        defaultMessage: () =>
          `must be text of ${length.min} to ${length.max} characters without control characters`,
      },
    },
    options,
  );
}
