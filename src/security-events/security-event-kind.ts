import { MAILABLE_EVENTS } from '../policy/mailed-events.js';

/** Everything that the account's list of security events shows to its user. */
export const SECURITY_EVENT_KINDS = [
  ...MAILABLE_EVENTS,
  'email_confirmed',
  'sign_in_confirmed',
  'disowned',
] as const;

/** Another person or the service itself caused the others. */
const CAUSED_BY_USER: readonly string[] = [
  'new_device_sign_in',
  'password_changed',
  'password_reset',
  'email_confirmed',
  'sign_in_confirmed',
  'disowned',
] satisfies SecurityEventKind[];

/** Whether the user did this, as far as the service can tell. */
export function isCausedByUser(kind: SecurityEventKind): boolean {
  return CAUSED_BY_USER.includes(kind);
}

export type SecurityEventKind = (typeof SECURITY_EVENT_KINDS)[number];
