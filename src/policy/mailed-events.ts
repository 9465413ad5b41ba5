/** The security events that users can be mailed about. `security-events/` describes each. */
export const MAILABLE_EVENTS = [
  'new_device_sign_in',
  'sign_in_after_failures',
  'refresh_token_reused',
  'refresh_token_shared',
  'device_token_shared',
  'impossible_travel',
  'client_changed',
  'session_ended_suspicious',
  'password_changed',
  'password_reset',
] as const;
export type MailableEvent = (typeof MAILABLE_EVENTS)[number];

/**
 * A phone that changes networks during a refresh, and tabs whose connections leave by different addresses, look the same
 * as a thief. Where sessions last for months, that is listed and not mailed.
 */
const isUnambiguous = (kind: MailableEvent) => kind !== 'refresh_token_shared';

/**
 * The events that each policy mails about; the variable `MAILED_EVENTS` overrides it. Signs of theft and changes that
 * may lock the owner out are mailed under every policy, whether or not the service acted on them.
 */
export const MAILED_EVENTS = {
  social: MAILABLE_EVENTS.filter(isUnambiguous),
  // A household signs in on many screens. If each caused a mail, the mails would be ignored.
  streaming: MAILABLE_EVENTS.filter((kind) => isUnambiguous(kind) && kind !== 'new_device_sign_in'),
  bank: MAILABLE_EVENTS,
} as const satisfies Record<string, readonly MailableEvent[]>;
