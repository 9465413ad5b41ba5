/** The service refused a request, with problem details (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    /** Stable; the service's `docs/errors.md` lists all of them. */
    readonly code: string,
    readonly status: number,
    /** All members of the answer. */
    readonly members: Readonly<Record<string, unknown>>,
    readonly retryAfterSeconds: number | null,
  ) {
    super(typeof members.detail === 'string' ? members.detail : code);
  }

  /** Why the session has ended, if this is about its end. */
  get reason(): string | null {
    return typeof this.members.reason === 'string' ? this.members.reason : null;
  }
}

/** No answer, or none that says anything about the session. The user stays signed in; try again later. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';

  constructor(
    readonly retryAfterSeconds: number | null = null,
    options?: ErrorOptions,
  ) {
    super('The service cannot be reached', options);
  }
}

/** There is no session, or the service has said that it ended. The user has to log in. */
export class SessionEnded extends Error {
  override readonly name = 'SessionEnded';

  constructor(
    /** `session_revoked`, `session_expired`, `invalid_grant`, ..., or `signed_out` if there was no session. */
    readonly code: string,
    /** As the service gives it: `logout`, `terminated`, `password_changed`, ... */
    readonly reason: string | null,
  ) {
    super(reason ?? code);
  }
}
