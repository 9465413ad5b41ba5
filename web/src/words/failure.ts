import { Problem } from '../api/failures';

const WORDS: Readonly<Record<string, string>> = {
  invalid_credentials: 'The email address or the password is wrong.',
  email_taken: 'There is an account with this address already. Sign in instead.',
  account_disabled: 'This account was disabled.',
  not_found: 'That is no longer there.',
  overloaded: 'The service is busy. Please try again in a moment.',
  service_unavailable: 'The service cannot be reached just now. You are still signed in; please try again.',
  cross_site_request: 'This page was opened under another address than the service expects.',
};

/** For people: what went wrong, and what to do. */
export function inWords(error: unknown): string {
  if (!(error instanceof Problem))
    return 'The service cannot be reached. Check your connection and try again.';
  if (error.code === 'too_many_requests')
    return `Too many attempts. Try again ${inAWhile(error.retryAfterSeconds)}.`;
  if (error.code === 'password_rejected') return error.detail ?? 'Please choose another password.';
  if (error.code === 'validation_failed') return fieldsInWords(error.members.errors);
  return WORDS[error.code] ?? 'Something went wrong. Please try again.';
}

function inAWhile(seconds: number | null): string {
  if (seconds === null) return 'later';
  if (seconds < 90) return `in ${seconds} seconds`;
  return `in ${Math.ceil(seconds / 60)} minutes`;
}

function fieldsInWords(errors: unknown): string {
  const [first] = Array.isArray(errors) ? (errors as { field: string; message: string }[]) : [];
  if (!first) return 'Please check what you have entered.';
  const field = first.field.charAt(0).toUpperCase() + first.field.slice(1).replaceAll('_', ' ');
  return `${field} ${first.message}.`;
}
