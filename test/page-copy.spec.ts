import { ERROR_CODES } from '../src/errors/error-codes.js';
import { SECURITY_EVENT_KINDS } from '../src/security-events/security-event-kind.js';
import { END_REASONS } from '../src/sessions/session-ending.js';

/** The page is a program of its own, for browsers; named so that the compiler of this one leaves it alone. */
const WEB = '../web/src';

interface Words {
  readonly events: { describeSecurityEvent(event: { kind: string }): string };
  readonly failure: { errorMessage(error: unknown): string };
  readonly reasons: {
    describeEndReason(reason: string): string;
    signOutNotice(end: { code: string; reason: string | null }): string | null;
  };
  readonly failures: {
    Problem: new (code: string, members: object, retryAfterSeconds: number | null) => Error;
    SignedOut: new (code: string, reason: string | null) => Error;
    Unreachable: new () => Error;
  };
}

const REASONS = [...END_REASONS, 'idle_expired', 'absolute_expired'];

describe('the words of the page', () => {
  let words: Words;

  beforeAll(async () => {
    words = {
      events: await import(`${WEB}/copy/security-events.ts`),
      failure: await import(`${WEB}/copy/error-messages.ts`),
      reasons: await import(`${WEB}/copy/end-reasons.ts`),
      failures: await import(`${WEB}/api/errors.ts`),
    };
  });

  const problem = (code: string, members = {}, retryAfter: number | null = null) =>
    words.failure.errorMessage(new words.failures.Problem(code, members, retryAfter));
  const told = (code: string, reason: string | null) => words.reasons.signOutNotice({ code, reason });

  it.each(SECURITY_EVENT_KINDS)('know the security event %s', (kind) => {
    // One that it does not know is put as it is.
    expect(words.events.describeSecurityEvent({ kind })).toMatch(/^[A-Z]/);
  });

  it.each(REASONS)(
    'say that a session ended because of %s, in the list and to whoever was thrown out',
    (reason) => {
      expect(words.reasons.describeEndReason(reason)).not.toBe(
        words.reasons.describeEndReason('of_tomorrow'),
      );
      const why = told('session_revoked', reason);
      expect(why).toMatch(/\.$/);
      expect(why).not.toBe(told('session_revoked', 'of_tomorrow'));
    },
  );

  it('tell whoever has to sign in again why, as far as they are told', () => {
    expect(told('session_revoked', 'unspecified')).toBe('You were signed out.');
    expect(told('insufficient_user_authentication', null)).toMatch(/sign in again/);
    // Somebody has come who was not signed in.
    expect(told('invalid_grant', null)).toBeNull();
  });

  it.each(Object.keys(ERROR_CODES))('say of %s what to do', (code) => {
    const said = problem(code);
    expect(said).toMatch(/^[A-Z].*\.$/);
    const isOurs = ['internal_error', 'token_stale'].includes(code);
    expect(said === problem('of_tomorrow')).toBe(isOurs);
  });

  it('repeat what the service says of a password, a field and a time to wait', () => {
    expect(problem('password_rejected', { detail: 'This is a common password.' })).toBe(
      'This is a common password.',
    );
    const errors = [{ field: 'new_password', message: 'must be a string' }];
    expect(problem('validation_failed', { errors })).toBe('New password must be a string.');
    expect(problem('too_many_requests', {}, 30)).toMatch(/in 30 seconds/);
    expect(problem('too_many_requests', {}, 900)).toMatch(/in 15 minutes/);
  });

  it('tell no answer from one that ends the session', () => {
    const { SignedOut, Unreachable } = words.failures;
    expect(words.failure.errorMessage(new Unreachable())).toMatch(/Check your connection/);
    expect(words.failure.errorMessage(new SignedOut('session_revoked', 'disowned'))).toMatch(/unauthorized/);
  });
});
