import { MAILABLE_EVENTS } from '../policy/mailed-events.js';

/** Everything that the account's list of security events shows to its user. */
export const SECURITY_EVENT_KINDS = [...MAILABLE_EVENTS, 'email_confirmed', 'disowned'] as const;

export type SecurityEventKind = (typeof SECURITY_EVENT_KINDS)[number];
