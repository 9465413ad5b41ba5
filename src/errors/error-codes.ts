interface ErrorKind {
  readonly status: number;
  readonly title: string;
}

/**
 * Every error a client can meet: its stable `code`, HTTP status and title (RFC 9457).
 * `docs/errors.md` explains each to the people who meet it.
 */
export const ERROR_CODES = {
  validation_failed: { status: 400, title: 'The request is not valid' },
  malformed_body: { status: 400, title: 'The request body cannot be read' },
  malformed_request: { status: 400, title: 'The request cannot be read' },
  password_rejected: { status: 400, title: 'The password cannot be used' },
  invalid_link: { status: 400, title: 'The link is not valid any more' },
  invalid_token: { status: 401, title: 'The access token is missing or not valid' },
  token_stale: { status: 401, title: 'The access token is older than a change to its user' },
  session_revoked: { status: 401, title: 'The session has been ended' },
  session_expired: { status: 401, title: 'The session has expired' },
  insufficient_user_authentication: { status: 401, title: 'The session needs a new login' },
  invalid_credentials: { status: 401, title: 'The e-mail address or the password is wrong' },
  invalid_grant: { status: 401, title: 'The refresh token is not valid' },
  reauthentication_required: { status: 403, title: 'This needs a more recent login' },
  wrong_password: { status: 403, title: 'The current password is wrong' },
  insufficient_role: { status: 403, title: 'This needs a role that the user does not have' },
  cross_site_request: { status: 403, title: 'The request comes from another site' },
  account_disabled: { status: 403, title: 'The account is disabled' },
  not_found: { status: 404, title: 'There is no such thing here' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  email_taken: { status: 409, title: 'The e-mail address is already registered' },
  body_too_large: { status: 413, title: 'The request body is too large' },
  uri_too_long: { status: 414, title: 'The address of the request is too long' },
  unsupported_media_type: { status: 415, title: 'The request body must be application/json' },
  too_many_requests: { status: 429, title: 'Too many attempts' },
  headers_too_large: { status: 431, title: 'The headers of the request are too large' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  service_unavailable: { status: 503, title: 'A service that this needs cannot be reached' },
  overloaded: { status: 503, title: 'The service is busy' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_CODES;
