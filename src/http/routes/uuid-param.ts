import { Param, type PipeTransform } from '@nestjs/common';
import { AppError } from '../../errors/app-error.js';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Answers a malformed id like an unknown one, and converts ids to lower case, as Postgres prints them. */
export class UuidPipe implements PipeTransform<unknown, string> {
  transform(value: unknown): string {
    if (typeof value !== 'string' || !UUID.test(value)) throw new AppError('not_found');
    return value.toLowerCase();
  }
}

const uuidPipe = new UuidPipe();

/** The id in the path of a route such as `/devices/:id`. */
export const UuidParam = (name = 'id') => Param(name, uuidPipe);
