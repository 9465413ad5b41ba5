/** The base of all errors that this package throws itself. `code` is stable; messages are not. */
export abstract class RevocationError extends Error {
  abstract readonly code: string;
}

/** A dependency did not answer in time. Whether it did what it was asked to is unknown. */
export class TimeoutError extends RevocationError {
  override readonly name = 'TimeoutError';
  readonly code = 'ERR_REVOCATION_TIMEOUT';
}
