import { Problem, SessionEnded, Unreachable } from '@latchkey/client/cookie-client';
import { messages } from '../messages';
import { signOutNotice } from './end-reasons';
import { textFor } from './text-for';

const { errors } = messages;

/** What went wrong and what to do about it. */
export function errorMessage(error: unknown): string {
  if (error instanceof SessionEnded) return signOutNotice(error) ?? errors.signedOut;
  // Of a service that answers, but with a failure.
  const problem = error instanceof Unreachable ? error.cause : error;
  if (!(problem instanceof Problem)) return errors.unreachable;
  const { code, reason, retryAfterSeconds } = problem;
  if (code === 'too_many_requests')
    return retryAfterSeconds === null ? errors.tooManyAttempts : errors.tooManyAttemptsFor(retryAfterSeconds);
  if (code === 'password_rejected')
    return textFor(errors.passwordReasons, reason ?? '') ?? errors.passwordRejected;
  if (code === 'validation_failed') return describeFieldErrors(problem.members.errors);
  return textFor(errors.codes, code) ?? errors.unknown;
}

function describeFieldErrors(fieldErrors: unknown): string {
  const [first] = Array.isArray(fieldErrors) ? (fieldErrors as { field: string }[]) : [];
  return textFor(errors.fields, first?.field ?? '') ?? errors.invalidInput;
}
