interface ErrorKind {
  readonly status: number;
  readonly title: string;
}

/**
 * Every error that a client can receive: its stable `code`, HTTP status and title (RFC 9457). `docs/errors.md` explains
 * each of them to developers of clients.
 */
export const ERROR_CODES = {
  validation_failed: { status: 400, title: 'Some fields are missing or invalid' },
  malformed_body: { status: 400, title: 'The request body could not be parsed' },
  malformed_request: { status: 400, title: 'The request could not be parsed' },
  password_rejected: { status: 400, title: 'This password cannot be used' },
  invalid_target: { status: 400, title: 'The requested resource is unknown' },
  invalid_demand: { status: 400, title: 'The demands of this check could not be understood' },
  cookies_not_kept: { status: 400, title: 'The browser would not keep the cookies' },
  invalid_link: { status: 400, title: 'This link has expired or was already used' },
  invalid_token: { status: 401, title: 'The access token is missing or invalid' },
  token_stale: { status: 401, title: 'The access token is out of date' },
  session_revoked: { status: 401, title: 'The session was revoked' },
  session_expired: { status: 401, title: 'The session has expired' },
  insufficient_user_authentication: { status: 401, title: 'The session requires a new login' },
  invalid_credentials: { status: 401, title: 'The email address or password is incorrect' },
  invalid_grant: { status: 401, title: 'The refresh token is invalid' },
  invalid_client: { status: 401, title: 'The client credentials are missing or invalid' },
  reauthentication_required: { status: 403, title: 'This action requires a recent login' },
  wrong_password: { status: 403, title: 'The current password is incorrect' },
  password_required: { status: 403, title: 'This action requires the password of the account' },
  unconfirmed_device: { status: 403, title: 'The sign-in of this device is not confirmed itself' },
  insufficient_role: { status: 403, title: 'This action requires a role that the user does not have' },
  insufficient_permission: { status: 403, title: 'The client does not have the required permission' },
  mail_unavailable: { status: 403, title: 'This service does not send mail' },
  cross_site_request: { status: 403, title: 'The request came from another site' },
  // Not 400: nginx passes only 401 and 403 on to the client and turns any other refusal into 500.
  identity_header_rejected: { status: 403, title: 'Only the gateway may set Latchkey headers' },
  account_disabled: { status: 403, title: 'This account is disabled' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  email_taken: { status: 409, title: 'This email address is already registered' },
  body_too_large: { status: 413, title: 'The request body is too large' },
  uri_too_long: { status: 414, title: 'The request URL is too long' },
  unsupported_media_type: { status: 415, title: 'The request body must be application/json' },
  upgrade_required: { status: 426, title: 'The request must upgrade to another protocol' },
  too_many_requests: { status: 429, title: 'Too many attempts' },
  too_many_connections: { status: 429, title: 'The client has too many connections' },
  headers_too_large: { status: 431, title: 'The request headers are too large' },
  internal_error: { status: 500, title: 'Something went wrong' },
  service_unavailable: { status: 503, title: 'The service is temporarily unavailable' },
  overloaded: { status: 503, title: 'The service is busy' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_CODES;
