/** Every refusal of a guard: the codes, statuses and titles are those of the service. */
export const GUARD_ERRORS = {
  invalid_token: { status: 401, title: 'The access token is missing or invalid' },
  token_stale: { status: 401, title: 'The access token is out of date' },
  session_revoked: { status: 401, title: 'The session was revoked' },
  session_expired: { status: 401, title: 'The session has expired' },
  insufficient_user_authentication: { status: 401, title: 'The session requires a new login' },
  reauthentication_required: { status: 403, title: 'This action requires a recent login' },
  insufficient_role: { status: 403, title: 'This action requires a role that the user does not have' },
  service_unavailable: { status: 503, title: 'The service is temporarily unavailable' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type GuardErrorCode = keyof typeof GUARD_ERRORS;

export interface GuardErrorOptions extends ErrorOptions {
  /** Explains this occurrence to the client's developer. Must not contain secrets. */
  readonly detail?: string;
  /** Additional members of the problem details (RFC 9457 §3.2), such as `reason` or `max_age`. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** When to retry (`Retry-After`). */
  readonly retryAfterSeconds?: number;
}

/** Why a guard refuses a request. Each adapter turns it into an answer of its framework. */
export class GuardError extends Error {
  override readonly name = 'GuardError';
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: GuardErrorCode,
    options: GuardErrorOptions = {},
  ) {
    super(options.detail ?? GUARD_ERRORS[code].title, options);
    this.status = GUARD_ERRORS[code].status;
    this.detail = options.detail;
    this.members = options.members ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
