import { MAILABLE_EVENTS } from '../policy/mailed-events.js';

/** Everything that a user is to know, or may be told, about the safety of their account. */
export const SECURITY_EVENT_KINDS = [...MAILABLE_EVENTS, 'email_confirmed', 'disowned'] as const;

export type SecurityEventKind = (typeof SECURITY_EVENT_KINDS)[number];
