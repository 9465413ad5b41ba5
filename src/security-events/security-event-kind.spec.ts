import { isCausedByUser, SECURITY_EVENT_KINDS } from './security-event-kind.js';

describe('a security event', () => {
  it('is attributed to its user if it is something that users do', () => {
    expect(SECURITY_EVENT_KINDS.filter(isCausedByUser)).toEqual([
      'new_device_sign_in',
      'password_changed',
      'password_reset',
      'email_confirmed',
      'sign_in_confirmed',
      'disowned',
    ]);
  });
});
