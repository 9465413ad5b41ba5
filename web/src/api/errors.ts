/** The service refused the request, with problem details (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly members: Readonly<Record<string, unknown>>,
    readonly retryAfterSeconds: number | null,
  ) {
    super(code);
  }

  get reason(): string | null {
    return stringOrNull(this.members.reason);
  }

  get detail(): string | null {
    return stringOrNull(this.members.detail);
  }
}

/** No response, or none from the service itself. It says nothing about the state of the session. */
export class Unreachable extends Error {}

/** The browser is no longer signed in; `reason` is set if the service gave one. */
export class SignedOut extends Error {
  constructor(
    readonly code: string,
    readonly reason: string | null,
  ) {
    super(code);
  }
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
