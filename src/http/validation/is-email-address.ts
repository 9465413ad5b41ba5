import { isEmail, ValidateBy, type ValidationOptions } from 'class-validator';
import { isSafeText } from './text-safety.js';

/** RFC 5321 §4.5.3.1.3 (errata 1690): a path is at most 256 octets, two of them the angle brackets. */
const EMAIL_MAX_LENGTH = 254;

export function IsEmailAddress(options?: ValidationOptions) {
  return ValidateBy(
    {
      name: 'isEmailAddress',
      validator: {
        validate: (value: unknown) => isSafeText(value) && value.length <= EMAIL_MAX_LENGTH && isEmail(value),
        defaultMessage: () => 'must be an e-mail address',
      },
    },
    options,
  );
}
