import { Problem, SignedOut } from '../api/errors';
import { signOutNotice } from './end-reasons';

const TRY_AGAIN = 'Something went wrong. Please try again.';
const SIGN_IN_AGAIN = 'You’re no longer signed in. Please sign in again.';
const OUTDATED_PAGE = 'This page may be out of date. Reload it and try again.';

const MESSAGES: Readonly<Record<string, string>> = {
  invalid_credentials: 'Incorrect email address or password.',
  wrong_password: 'Your current password is incorrect.',
  password_required: 'Please enter the password of this account.',
  email_taken: 'An account with this email address already exists. Sign in instead.',
  account_disabled: 'This account has been disabled.',
  invalid_link: 'This link has expired or was already used.',
  reauthentication_required: 'For your security, sign in again to do this.',
  insufficient_user_authentication: SIGN_IN_AGAIN,
  session_revoked: SIGN_IN_AGAIN,
  session_expired: SIGN_IN_AGAIN,
  invalid_grant: SIGN_IN_AGAIN,
  invalid_token: SIGN_IN_AGAIN,
  token_stale: TRY_AGAIN,
  insufficient_role: 'You don’t have permission to do this.',
  not_found: 'This no longer exists.',
  request_timeout: 'Your connection is too slow. Please try again.',
  internal_error: TRY_AGAIN,
  overloaded: 'The service is busy. Please try again in a moment.',
  service_unavailable:
    'The service is temporarily unavailable. Your devices stay signed in. Please try again in a moment.',
  cross_site_request:
    'This page was opened at an address the service doesn’t recognize. Check the address and try again.',
  // The page's version does not match the service's, or a proxy changed the request.
  malformed_body: OUTDATED_PAGE,
  malformed_request: OUTDATED_PAGE,
  method_not_allowed: OUTDATED_PAGE,
  body_too_large: OUTDATED_PAGE,
  uri_too_long: OUTDATED_PAGE,
  unsupported_media_type: OUTDATED_PAGE,
  headers_too_large: OUTDATED_PAGE,
};

/** What went wrong and what to do about it. */
export function errorMessage(error: unknown): string {
  if (error instanceof SignedOut) return signOutNotice(error) ?? SIGN_IN_AGAIN;
  if (!(error instanceof Problem)) return 'We can’t reach the service. Check your connection and try again.';
  if (error.code === 'too_many_requests')
    return `Too many attempts. Try again ${formatWait(error.retryAfterSeconds)}.`;
  if (error.code === 'password_rejected') return error.detail ?? 'Please choose a different password.';
  if (error.code === 'validation_failed') return describeFieldErrors(error.members.errors);
  return MESSAGES[error.code] ?? TRY_AGAIN;
}

function formatWait(seconds: number | null): string {
  if (seconds === null) return 'later';
  if (seconds < 90) return `in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
  return `in ${Math.ceil(seconds / 60)} minutes`;
}

function describeFieldErrors(errors: unknown): string {
  const [first] = Array.isArray(errors) ? (errors as { field: string; message: string }[]) : [];
  if (!first) return 'Please check what you entered.';
  const field = first.field.charAt(0).toUpperCase() + first.field.slice(1).replaceAll('_', ' ');
  return `${field} ${first.message}.`;
}
