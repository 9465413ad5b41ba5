import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { AppError } from '../../errors/app-error.js';

interface FieldError {
  readonly field: string;
  readonly message: string;
}

const MAX_ERRORS = 20;
/** jQuery and other libraries add it to queries, so that no cache answers. */
const CACHE_BUSTER = '_';
const PLAIN_FIELD_NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** Accepts only the fields that a DTO declares. Errors never repeat a value, which may be a password. */
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      transform: true,
      transformOptions: { enableImplicitConversion: false },
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => validationError(fieldErrors(errors)),
    });
  }

  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const given = metadata.type === 'query' ? withoutCacheBuster(value) : value;
    if (this.toValidate(metadata)) {
      // An array would be validated item by item, and an empty one accepted. No DTO of this API is an array.
      if (Array.isArray(given)) throw validationError([{ field: '', message: 'must be an object' }]);
      rejectInheritedNames(given);
    }
    return super.transform(given, metadata);
  }
}

function withoutCacheBuster(query: unknown): unknown {
  if (query === null || typeof query !== 'object' || !Object.hasOwn(query, CACHE_BUSTER)) return query;
  const { [CACHE_BUSTER]: _, ...rest } = query as Record<string, unknown>;
  return rest;
}

/**
 * Rejects fields that pass as known: class-validator looks up declared fields in a plain object, which inherits
 * `toString`, and class-transformer silently drops `constructor` and `__proto__`.
 */
function rejectInheritedNames(value: unknown): void {
  if (value === null || typeof value !== 'object') return;
  const inherited = Object.keys(value).filter((key) => key in Object.prototype);
  if (inherited.length > 0)
    throw validationError(inherited.map((field) => ({ field, message: 'is not known' })));
}

function validationError(errors: FieldError[]): AppError {
  return new AppError('validation_failed', { members: { errors: errors.slice(0, MAX_ERRORS) } });
}

function fieldErrors(errors: ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap((error) => {
    const field = parent + printable(error.property);
    const messages = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
      field,
      message: rule === 'whitelistValidation' ? 'is not known' : withoutName(message, error.property),
    }));
    return [...messages.slice(0, 1), ...fieldErrors(error.children ?? [], `${field}.`)];
  });
}

/** The error names the field separately. */
function withoutName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}

/** The name of an unknown field is arbitrary text from the client. */
function printable(name: string): string {
  return PLAIN_FIELD_NAME.test(name) ? name : '(unprintable)';
}
