import { ValidateBy, type ValidationOptions } from 'class-validator';
import { codePointLength, isSafeText } from './text-safety.js';

/** Keeps the work of normalising and hashing small; the rules about good passwords belong to the domain. */
const PASSWORD_MAX_LENGTH = 1024;

/** A string that can be a password, never trimmed or cut (NIST SP 800-63B §3.1.1.2). */
export function IsPassword(options?: ValidationOptions) {
  return ValidateBy(
    {
      name: 'isPassword',
      validator: {
        validate: (value: unknown) => isSafeText(value) && codePointLength(value) <= PASSWORD_MAX_LENGTH,
        defaultMessage: () =>
          `must be a string of at most ${PASSWORD_MAX_LENGTH} characters without control characters`,
      },
    },
    options,
  );
}
