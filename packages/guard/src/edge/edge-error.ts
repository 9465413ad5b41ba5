/** Refusals of the edge that are not about the caller's session; those are `GuardError`. */
export const EDGE_ERRORS = {
  validation_failed: { status: 400, title: 'Some fields are missing or invalid' },
  malformed_request: { status: 400, title: 'The request could not be parsed' },
  cross_site_request: { status: 403, title: 'The request came from another site' },
  // Not 400: nginx passes only 401 and 403 on to the client and turns any other refusal into 500.
  identity_header_rejected: { status: 403, title: 'Only the gateway may set Latchkey headers' },
  not_found: { status: 404, title: 'Not found' },
  internal_error: { status: 500, title: 'Something went wrong' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type EdgeErrorCode = keyof typeof EDGE_ERRORS;

export class EdgeError extends Error {
  override readonly name = 'EdgeError';
  readonly status: number;
  readonly members = {};
  readonly retryAfterSeconds = undefined;

  constructor(
    readonly code: EdgeErrorCode,
    readonly detail?: string,
    options?: ErrorOptions,
  ) {
    super(detail ?? EDGE_ERRORS[code].title, options);
    this.status = EDGE_ERRORS[code].status;
  }
}
