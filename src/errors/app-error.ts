import { ERROR_CODES, type ErrorCode } from './error-codes.js';

export interface AppErrorOptions extends ErrorOptions {
  /** What this occurrence is about, for the client's developer. Never holds a secret. */
  readonly detail?: string;
  /** Further members of the problem details (RFC 9457 §3.2), in snake_case. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** When another try makes sense, in seconds (`Retry-After`). */
  readonly retryAfterSeconds?: number;
}

/** The one kind of error the domain throws: a stable code, which `ProblemFilter` turns into HTTP. */
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
