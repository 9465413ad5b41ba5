/** The service has answered that it did not do it (RFC 9457). */
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

/** No answer, or not one of the service. It says nothing about the session. */
export class Unreachable extends Error {}

/** Nobody is signed in here any more; `reason` where the service told one. */
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
