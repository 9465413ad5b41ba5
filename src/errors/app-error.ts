import { ERROR_CODES, type ErrorCode } from './error-codes.js';

export interface AppErrorOptions extends ErrorOptions {
  /** Explains this occurrence to the client's developer. Must not contain secrets. */
  readonly detail?: string;
  /** Additional members of the problem details (RFC 9457 §3.2), in snake_case. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** When to retry (`Retry-After`). */
  readonly retryAfterSeconds?: number;
}

/** The only error that domain code throws. Its stable code determines the HTTP answer (`ProblemFilter`). */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly detail: string | undefined;
  readonly members: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    options: AppErrorOptions = {},
  ) {
    super(options.detail ?? ERROR_CODES[code].title, options);
    this.detail = options.detail;
    this.members = options.members ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
