import { ERROR_CODES } from '../../src/errors/error-codes.js';
import { SECURITY_EVENT_KINDS } from '../../src/security-events/security-event-kind.js';
import { REVOCATION_REASONS } from '../../src/sessions/revocation-reason.js';

/** In a constant, because the page is a separate program that this project's compiler must not follow into. */
const WEB = '../../web/src';
const CLIENT = '../../packages/client/src/errors';

interface Copy {
  readonly events: { describeSecurityEvent(event: { kind: string }): string };
  readonly messages: { errorMessage(error: unknown): string };
  readonly reasons: {
    describeEndReason(reason: string): string;
    signOutNotice(end: { code: string; reason: string | null }): string | null;
  };
  readonly errors: {
    Problem: new (code: string, status: number, members: object, retryAfterSeconds: number | null) => Error;
    SessionEnded: new (code: string, reason: string | null) => Error;
    Unreachable: new (retryAfterSeconds?: number | null, options?: ErrorOptions) => Error;
  };
}

const REASONS = [...REVOCATION_REASONS, 'idle_expired', 'absolute_expired'];

/** Pages never receive these. */
const FOR_SERVERS = [
  'invalid_client',
  'invalid_demand',
  'invalid_target',
  'insufficient_permission',
  'identity_header_rejected',
  'upgrade_required',
  'too_many_connections',
];

describe('the texts of the account page', () => {
  let copy: Copy;

  beforeAll(async () => {
    copy = {
      events: await import(`${WEB}/copy/security-events.ts`),
      messages: await import(`${WEB}/copy/error-messages.ts`),
      reasons: await import(`${WEB}/copy/end-reasons.ts`),
      errors: await import(`${CLIENT}.ts`),
    };
  });

  const message = (code: string, members = {}, retryAfter: number | null = null) =>
    copy.messages.errorMessage(new copy.errors.Problem(code, 400, members, retryAfter));
  const notice = (code: string, reason: string | null) => copy.reasons.signOutNotice({ code, reason });

  it.each(SECURITY_EVENT_KINDS)('describe the security event %s', (kind) => {
    // An unknown kind is shown unchanged, in lower case.
    expect(copy.events.describeSecurityEvent({ kind })).toMatch(/^[A-Z]/);
  });

  it.each(REASONS)('explain the end reason %s in the session list and in the sign-out notice', (reason) => {
    expect(copy.reasons.describeEndReason(reason)).not.toBe(copy.reasons.describeEndReason('unknown'));
    const why = notice('session_revoked', reason);
    expect(why).toMatch(/\.$/);
    expect(why).not.toBe(notice('session_revoked', 'unknown'));
  });

  it('explain why the user has to sign in again, if the service gave a reason', () => {
    expect(notice('session_revoked', 'unspecified')).toBe('You were signed out.');
    expect(notice('insufficient_user_authentication', null)).toMatch(/sign in again/);
    // A visitor who was not signed in.
    expect(notice('invalid_grant', null)).toBeNull();
  });

  it.each(Object.keys(ERROR_CODES))('explain the error %s', (code) => {
    const text = message(code);
    expect(text).toMatch(/^[A-Z].*\.$/);
    const isGeneric = ['internal_error', 'token_stale', ...FOR_SERVERS].includes(code);
    expect(text === message('unknown')).toBe(isGeneric);
  });

  it('include the password rule, the field error and the wait that the service reported', () => {
    expect(message('password_rejected', { reason: 'common' })).toMatch(/too easy to guess/);
    expect(message('password_rejected', { reason: 'new_rule' })).toBe('Please choose a different password.');
    const errors = [{ field: 'new_password', message: 'must be a string' }];
    expect(message('validation_failed', { errors })).toMatch(/^The new password /);
    expect(message('validation_failed', { errors: [{ field: 'constructor' }] })).toMatch(/check what you/);
    expect(message('too_many_requests', {}, 30)).toMatch(/in 30 seconds/);
    expect(message('too_many_requests', {}, 900)).toMatch(/in 15 minutes/);
  });

  it('say what the service reports about its own failure', () => {
    const { Problem, Unreachable } = copy.errors;
    const cause = new Problem('service_unavailable', 503, {}, 1);
    expect(copy.messages.errorMessage(new Unreachable(1, { cause }))).toMatch(/stay signed in/);
  });

  it('distinguish a missing response from a session that ended', () => {
    const { SessionEnded, Unreachable } = copy.errors;
    expect(copy.messages.errorMessage(new Unreachable())).toMatch(/Check your connection/);
    expect(copy.messages.errorMessage(new SessionEnded('session_revoked', 'disowned'))).toMatch(
      /unauthorized/,
    );
  });
});
