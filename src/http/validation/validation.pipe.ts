import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { AppError } from '../../errors/app-error.js';

interface FieldError {
  readonly field: string;
  readonly message: string;
}

const MAX_ERRORS = 20;
const PLAIN_FIELD_NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** Admits exactly what a DTO declares, and never repeats a value: it may be a password. */
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      transform: true,
      transformOptions: { enableImplicitConversion: false },
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => refusal(fieldErrors(errors)),
    });
  }

  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (this.toValidate(metadata)) {
      // An array would be validated item by item and pass empty; no DTO of ours is one.
      if (Array.isArray(value)) throw refusal([{ field: '', message: 'must be an object' }]);
      refuseInheritedNames(value);
    }
    return super.transform(value, metadata);
  }
}

/**
 * class-validator looks declared fields up in a plain object, so `toString` counts as declared, and class-transformer
 * drops `constructor` and `__proto__` in silence: both would get past "unknown fields are refused".
 */
function refuseInheritedNames(value: unknown): void {
  if (value === null || typeof value !== 'object') return;
  const inherited = Object.keys(value).filter((key) => key in Object.prototype);
  if (inherited.length > 0) throw refusal(inherited.map((field) => ({ field, message: 'is not known' })));
}

function refusal(errors: FieldError[]): AppError {
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

/** The field is named beside the message already. */
function withoutName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}

/** The name of an unknown field is the client's own text. */
function printable(name: string): string {
  return PLAIN_FIELD_NAME.test(name) ? name : '(unprintable)';
}
