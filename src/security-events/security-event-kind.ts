/** Everything that a user is to know, or may be told, about the safety of their account. */
export const SECURITY_EVENT_KINDS = [
  'new_device_sign_in',
  'sign_in_after_failures',
  'refresh_token_reused',
  'device_token_shared',
  'impossible_travel',
  'client_changed',
  'session_ended_suspicious',
  'password_changed',
  'password_reset',
  'email_confirmed',
  'disowned',
] as const;

export type SecurityEventKind = (typeof SECURITY_EVENT_KINDS)[number];
