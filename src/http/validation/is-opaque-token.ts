import { ValidateBy, type ValidationOptions } from 'class-validator';

/** The longest token of any kind that is issued: one presented in the place of another is read, and refused as such. */
const TOKEN_MAX_LENGTH = 4096;
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/** A token that the service handed out and its holder does not read. */
export function IsOpaqueToken(options?: ValidationOptions) {
  return ValidateBy(
    {
      name: 'isOpaqueToken',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' && value.length <= TOKEN_MAX_LENGTH && VISIBLE_ASCII.test(value),
        defaultMessage: () => 'must be a token as it was handed out',
      },
    },
    options,
  );
}
