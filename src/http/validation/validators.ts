import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { isEmail, ValidateBy, type ValidationOptions } from 'class-validator';
import { trimAddress, withAsciiDomain } from '../../email-addresses/address-text.js';
import { codePointLength, isSafeLabel, isSafeText } from './untrusted-text.js';

/** RFC 5321 §4.5.3.1.3 (erratum 1690): a path has at most 256 octets, including two angle brackets. */
const EMAIL_MAX_LENGTH = 254;
/** Bounds the work of normalizing and hashing. Rules about good passwords belong to `src/credentials`. */
const PASSWORD_MAX_LENGTH = 1024;
/** The longest token of any kind. A token in the wrong field passes, and is then rejected with a more precise error. */
const TOKEN_MAX_LENGTH = 4096;
/** The longest value of a parameter that may be repeated, such as a URL. */
const TEXT_MAX_LENGTH = 2048;
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/** Also removes spaces around the address, which people copy with it. */
export function IsEmailAddress(options?: ValidationOptions) {
  return applyDecorators(
    Transform(({ value }) => trimAddress(value)),
    rule(
      'isEmailAddress',
      (value) =>
        isSafeText(value) && value.length <= EMAIL_MAX_LENGTH && isEmail(withAsciiDomain(value) ?? ''),
      'must be an email address',
      options,
    ),
  );
}

/** A string that can be a password. It is never trimmed or truncated (NIST SP 800-63B §3.1.1.2). */
export function IsPassword(options?: ValidationOptions) {
  return rule(
    'isPassword',
    (value) => isSafeText(value) && codePointLength(value) <= PASSWORD_MAX_LENGTH,
    `must be a string of at most ${PASSWORD_MAX_LENGTH} characters without control characters`,
    options,
  );
}

/** A token issued by this service, which clients pass back without reading it. */
export function IsOpaqueToken(options?: ValidationOptions) {
  return rule(
    'isOpaqueToken',
    (value) => typeof value === 'string' && value.length <= TOKEN_MAX_LENGTH && VISIBLE_ASCII.test(value),
    INVALID_TOKEN_MESSAGE,
    options,
  );
}

export const INVALID_TOKEN_MESSAGE = 'must be a token issued by this service';

/** A name of `min` to `max` code points that people can see, and that is safe to store, log and show. */
export function IsLabel({ min, max }: { min: number; max: number }, options?: ValidationOptions) {
  return rule(
    'isLabel',
    // The cheap test first: a code point takes one or two code units.
    (value) =>
      typeof value === 'string' &&
      value.length <= 2 * max &&
      isSafeLabel(value) &&
      codePointLength(value) >= min &&
      codePointLength(value) <= max,
    `must be text of ${min} to ${max} characters with a visible one and without control characters`,
    options,
  );
}

/** The most values that one parameter may have. */
const MAX_VALUES = 50;

/** A parameter that may be repeated: a string, or a list of strings. */
export function IsTextOrTexts(options?: ValidationOptions) {
  return rule(
    'isTextOrTexts',
    (value) => {
      const texts = [value].flat();
      return (
        texts.length <= MAX_VALUES &&
        texts.every((text) => isSafeText(text) && text.length <= TEXT_MAX_LENGTH)
      );
    },
    `must be a string, or a list of at most ${MAX_VALUES} strings, of at most ${TEXT_MAX_LENGTH} characters`,
    options,
  );
}

function rule(
  name: string,
  validate: (value: unknown) => boolean,
  message: string,
  options: ValidationOptions | undefined,
): PropertyDecorator {
  return ValidateBy({ name, validator: { validate, defaultMessage: () => message } }, options);
}
