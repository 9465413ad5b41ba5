/** What a mail can be sent about; `security-events` says what each is. */
export const MAILABLE_EVENTS = [
  'new_device_sign_in',
  'sign_in_after_failures',
  'refresh_token_reused',
  'device_token_shared',
  'impossible_travel',
  'client_changed',
  'session_ended_suspicious',
  'password_changed',
  'password_reset',
] as const;
export type MailableEvent = (typeof MAILABLE_EVENTS)[number];

/**
 * What each policy mails; `MAILED_EVENTS` overrides it. Whatever makes somebody look like a thief, or may lock the owner
 * out, nobody may miss, whatever the platform and whether or not anything was done about it.
 */
export const MAILED_EVENTS = {
  social: MAILABLE_EVENTS,
  // A household signs in on many screens; a mail for each would be read by nobody.
  streaming: MAILABLE_EVENTS.filter((kind) => kind !== 'new_device_sign_in'),
  bank: MAILABLE_EVENTS,
} as const satisfies Record<string, readonly MailableEvent[]>;
