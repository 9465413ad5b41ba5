import { ValidateBy, type ValidationOptions } from 'class-validator';

/** A token that the service handed out and its holder does not read: 1 to 512 visible ASCII characters. */
export function IsOpaqueToken(options?: ValidationOptions) {
  return ValidateBy(
    {
      name: 'isOpaqueToken',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && /^[\x21-\x7e]{1,512}$/.test(value),
        defaultMessage: () => 'must be a token as it was handed out',
      },
    },
    options,
  );
}
