import { AppError } from './app-error.js';
import { isDependencyFailure } from './dependency-failure.js';

/** Converts anything thrown: a failed dependency is `service_unavailable`, any other unknown error `internal_error`. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError(isDependencyFailure(thrown) ? 'service_unavailable' : 'internal_error', {
    cause: thrown,
  });
}
