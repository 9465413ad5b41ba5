/**
 * The message of an error, for operators. A failed connection to a host name with several addresses is an
 * `AggregateError` without a message.
 */
export function errorMessage(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0)
    return error.errors.map(errorMessage).join(', ');
  return error instanceof Error && error.message ? error.message : String(error);
}
