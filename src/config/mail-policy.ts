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

/** What nobody may miss, whatever the platform: somebody else may have been in, or may be locking the owner out. */
const ALWAYS: readonly MailableEvent[] = [
  'refresh_token_reused',
  'session_ended_suspicious',
  'password_changed',
  'password_reset',
];

/** What each policy mails; `MAILED_EVENTS` overrides it. */
export const MAILED_EVENTS = {
  social: [
    'new_device_sign_in',
    'sign_in_after_failures',
    'device_token_shared',
    'impossible_travel',
    ...ALWAYS,
  ],
  // A household signs in on many screens; a mail for each would be read by nobody.
  streaming: ALWAYS,
  bank: MAILABLE_EVENTS,
} as const satisfies Record<string, readonly MailableEvent[]>;
